import type { Client } from 'pg';
import { GridwireError } from '../../errors.js';
import { connectionOptions, type Driver } from './driver.js';
import { migratePostgres } from './migrate.js';
import { DEFAULT_INSTANCE, type PostgresSettings } from './settings.js';

/**
 * The one connection that writes. It holds the writer's lock, so whoever lost the lock has lost the connection with
 * which it could write: no second writer can ever be at work unnoticed. Connects when needed, and again when lost.
 */
export class WriterSession {
  private client: Promise<Client> | undefined;

  constructor(
    private readonly driver: Driver,
    private readonly settings: PostgresSettings,
  ) {}

  /** The connection, with lock and schema. @throws the driver's error, or GridwireError `STORE_LOCKED` */
  connect(): Promise<Client> {
    if (this.client) return this.client;
    const connecting = this.start();
    this.client = connecting;
    connecting.catch(() => {
      if (this.client === connecting) this.client = undefined;
    });
    return connecting;
  }

  /** Gives the connection up: after an error nobody knows what it is good for. */
  drop(): void {
    const lost = this.client;
    this.client = undefined;
    lost?.then((client) => client.end()).catch(() => undefined);
  }

  async end(): Promise<void> {
    const last = this.client;
    this.client = undefined;
    await last?.then((client) => client.end()).catch(() => undefined);
  }

  private async start(): Promise<Client> {
    const client = new this.driver.Client(connectionOptions(this.driver, this.settings));
    // Without a listener the loss of an idle connection would take the process down.
    client.on('error', () => this.drop());
    try {
      await client.connect();
      // A connection that died unseen must not hold the lock for hours.
      await client.query(
        'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3',
      );
      await this.lock(client);
      if (this.settings.durability === 'power') await client.query('SET synchronous_commit = on');
      await migratePostgres(client);
      return client;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  private async lock(client: Client): Promise<void> {
    const instance = this.settings.instance ?? DEFAULT_INSTANCE;
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('gridwire'), hashtext($1)) AS locked`,
      [instance],
    );
    if (rows[0]?.locked) return;
    throw new GridwireError(
      'STORE_LOCKED',
      `Another process writes to the database ${this.settings.database} as "${instance}". Stop it, or give this store another instance name.`,
      { details: { instance } },
    );
  }
}
