import { Client, type Submittable } from 'pg';
import { body, mirrorRate, openStore, ROWS, SINGLE_ROWS, TOPIC } from './rows.js';

/** TaylorDash's own table. */
const TABLE = `CREATE TABLE events_mirror (id BIGSERIAL PRIMARY KEY, topic VARCHAR(255) NOT NULL,
        payload JSONB NOT NULL, created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
        trace_id UUID GENERATED ALWAYS AS ((payload->>'trace_id')::UUID) STORED);
      CREATE INDEX ON events_mirror(topic); CREATE INDEX ON events_mirror(trace_id);
      CREATE INDEX ON events_mirror(created_at); CREATE INDEX ON events_mirror((payload->>'kind'))`;

async function inDatabase(run: (url: URL) => Promise<number>): Promise<number> {
  const address = process.env['GRIDWIRE_POSTGRES_URL'] ?? '';
  const admin = new Client({ connectionString: address });
  await admin.connect();
  const name = `gridwire_bench_${process.pid}_${Date.now()}`;
  await admin.query(`CREATE DATABASE ${name}`);
  try {
    return await run(Object.assign(new URL(address), { pathname: `/${name}` }));
  } finally {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

/** Events mirrored by the store, one by one. */
export const postgres = () =>
  inDatabase(async (url) => {
    const store = await openStore()({
      kind: 'postgres',
      host: url.hostname,
      port: Number(url.port || 5432),
      database: url.pathname.slice(1),
      user: url.username,
      password: decodeURIComponent(url.password),
    });
    try {
      return await mirrorRate(store);
    } finally {
      await store.close();
    }
  });

/** TaylorDash's own table and statement, one row at a time. */
export const postgresSingles = () =>
  inDatabase(async (url) => {
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query(TABLE);
    const start = performance.now();
    for (let number = 0; number < SINGLE_ROWS; number += 1) {
      const values = [TOPIC, body(number), new Date()];
      await client.query(
        'INSERT INTO events_mirror (topic, payload, created_at) VALUES ($1, $2, $3)',
        values,
      );
    }
    const seconds = (performance.now() - start) / 1000;
    await client.end();
    return SINGLE_ROWS / seconds;
  });

/** All rows in one COPY into the same table: what this database takes at most. */
export const postgresCopy = () =>
  inDatabase(async (url) => {
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query(TABLE);
    // JSON has no tab and no line's end; a backslash would have to be written twice.
    const lines = Array.from({ length: ROWS }, (_, number) => `${TOPIC}\t${body(number)}\n`);
    const data = Buffer.from(lines.join('').replaceAll('\\', '\\\\'));
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      client.query(new CopyIn('COPY events_mirror (topic, payload) FROM STDIN', data, resolve, reject));
    });
    const seconds = (performance.now() - start) / 1000;
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM events_mirror');
    await client.end();
    if (Number(rows[0]?.count) !== ROWS)
      throw new Error(`${rows[0]?.count ?? 0} of ${ROWS} rows were copied`);
    return ROWS / seconds;
  });

/** What the driver sends and takes with its methods that have no types. */
interface Wire {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** One `COPY … FROM STDIN` with all its data, as the driver takes queries of others. */
class CopyIn implements Submittable {
  private failed = false;

  constructor(
    private readonly text: string,
    private readonly data: Buffer,
    private readonly done: () => void,
    private readonly fail: (error: Error) => void,
  ) {}

  submit(connection: unknown): void {
    (connection as Wire).query(this.text);
  }

  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFromChunk(this.data);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // The end comes with the next message.
  }

  handleError(error: Error): void {
    this.failed = true;
    this.fail(error);
  }

  handleReadyForQuery(): void {
    if (!this.failed) this.done();
  }
}
