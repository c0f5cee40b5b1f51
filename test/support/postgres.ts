import net from 'node:net';
import { Client } from 'pg';
import type { PostgresSettings } from '../../src/store/postgres/settings.js';

const address = (): string | undefined => process.env['GRIDWIRE_POSTGRES_URL'];

/** Skips the suite, saying why, when there is no PostgreSQL. */
export function needsPostgres(context: Mocha.Context): string {
  const url = address();
  if (url !== undefined && url !== '') return url;
  context.skip();
}

let count = 0;

/** An empty database of its own for one test. */
export class TestDatabase {
  private constructor(
    readonly name: string,
    private readonly admin: Client,
    readonly settings: PostgresSettings,
  ) {}

  static async create(): Promise<TestDatabase> {
    const server = new URL(address()!);
    const admin = new Client({ connectionString: server.href });
    await admin.connect();
    const name = `gridwire_test_${process.pid}_${++count}`;
    await admin.query(`CREATE DATABASE ${name}`);
    return new TestDatabase(name, admin, {
      kind: 'postgres',
      host: server.hostname,
      port: Number(server.port || 5432),
      database: name,
      user: server.username,
      password: decodeURIComponent(server.password),
      timeout: 5_000,
    });
  }

  /** Runs SQL in the database, as somebody else who uses it. */
  async query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ ...this.settings, ssl: false });
    await client.connect();
    try {
      const { rows } = (await client.query(sql, values)) as { rows: Record<string, unknown>[] };
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Ends every session of the database, as a restart of the server would. */
  async endSessions(): Promise<void> {
    await this.admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      this.name,
    ]);
  }

  async drop(): Promise<void> {
    await this.admin.query(`DROP DATABASE ${this.name} WITH (FORCE)`);
    await this.admin.end();
  }
}

/** A way to the database that can be cut and slowed down. */
export class Proxy {
  private readonly server: net.Server;
  private readonly pairs = new Set<[net.Socket, net.Socket]>();
  /** Milliseconds by which each answer of the database is late. */
  delay = 0;
  /** Set to a word of a statement: the first with it still reaches the database, its answer is lost with the connection. */
  swallowAnswerTo: string | undefined;
  /** Called with each piece that is passed on to the database. */
  passed: (() => void) | undefined;
  private open = true;

  private constructor(port: number, host: string) {
    this.server = net.createServer((client) => {
      if (!this.open) {
        client.destroy();
        return;
      }
      const database = net.connect(port, host);
      const pair: [net.Socket, net.Socket] = [client, database];
      this.pairs.add(pair);
      let swallowing = false;
      client.on('data', (chunk) => {
        if (this.swallowAnswerTo !== undefined && chunk.includes(this.swallowAnswerTo)) {
          swallowing = true;
          this.swallowAnswerTo = undefined;
        }
        database.write(chunk);
        this.passed?.();
      });
      database.on('data', (chunk) => {
        if (swallowing) client.destroy();
        else if (this.delay === 0) client.write(chunk);
        else setTimeout(() => client.write(chunk), this.delay);
      });
      for (const socket of pair) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          for (const other of pair) other.destroy();
          this.pairs.delete(pair);
        });
      }
    });
  }

  static async to(settings: PostgresSettings): Promise<{ proxy: Proxy; settings: PostgresSettings }> {
    const proxy = new Proxy(settings.port ?? 5432, settings.host);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.server.address() as net.AddressInfo;
    return { proxy, settings: { ...settings, host: '127.0.0.1', port } };
  }

  cut(): void {
    this.open = false;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  mend(): void {
    this.open = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
