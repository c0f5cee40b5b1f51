import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import BetterSqlite from 'better-sqlite3';
import { Client } from 'pg';
import type { WireMessage } from '../src/event.js';
import type { Durability, EventStore } from '../src/store/event-store.js';
import type * as OpenStore from '../src/store/open-store.js';
import type { Bench } from './harness.js';

const ROWS = 40_000;
const SINGLE_ROWS = 2_000;
/** Events a flow has under way at once. */
const IN_FLIGHT = 1_000;
/** With durability `power`, more than this would be felt by the flows. */
const LOOP_DELAY_LIMIT_MS = 10;
const TOPIC = 'tracker/events/projects/updated';

/** The built package: the store's thread runs compiled code, as it does for users. */
function built(): typeof OpenStore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- built only when the benchmark runs
  return require('../dist/src/store/open-store.js') as typeof OpenStore;
}

/** A project event as TaylorDash publishes it, about 450 bytes. */
function body(number: number): string {
  return JSON.stringify({
    trace_id: `550e8400-e29b-41d4-a716-${String(number).padStart(12, '0')}`,
    ts: '2025-01-15T10:30:00.000Z',
    kind: 'project_updated',
    idempotency_key: `project_updated_1736937000000_${number}`,
    payload: {
      project_id: '550e8400-e29b-41d4-a716-446655440000',
      name: 'Solar roof, hall 3',
      status: 'active',
      updated_by: '550e8400-e29b-41d4-a716-446655440001',
      progress: number % 100,
      timestamp: '2025-01-15T10:30:00.000Z',
    },
  });
}

/** Mirrors events one by one, as they come from a flow, a bounded number under way. @returns rows per second */
async function mirrorRate(store: EventStore): Promise<number> {
  const messages = Array.from({ length: ROWS }, (_, number): WireMessage => ({
    topic: TOPIC,
    body: Buffer.from(body(number)),
    qos: 1,
    retain: false,
    headers: {},
  }));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let message = messages[next++]; message; message = messages[next++]) {
      await store.mirror.append([{ message }]);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const seconds = (performance.now() - start) / 1000;
  const kept = await store.mirror.count({ topicFilter: TOPIC });
  if (kept !== ROWS) throw new Error(`${kept} of ${ROWS} rows were kept`);
  return ROWS / seconds;
}

async function inFolder(run: (folder: string) => Promise<number> | number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-bench-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sqlite = (durability: Durability) => () =>
  inFolder(async (folder) => {
    const store = await built().openStore({
      kind: 'sqlite',
      file: path.join(folder, 'store.db'),
      durability,
    });
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    try {
      const rate = await mirrorRate(store);
      const delay = loop.percentile(99) / 1e6;
      if (durability === 'power') judgeDelay(delay);
      return rate;
    } finally {
      await store.close();
    }
  });

/** @throws Error when the event loop was held up and nobody else can have done it */
function judgeDelay(milliseconds: number): void {
  const busy = (os.loadavg()[0] ?? 0) > os.availableParallelism();
  console.log(`  event loop delay p99 ${milliseconds.toFixed(1)} ms${busy ? ', on a busy machine' : ''}`);
  if (milliseconds >= LOOP_DELAY_LIMIT_MS && !busy)
    throw new Error('The event loop was held up for too long.');
}

/** One row a commit, on the main thread. @param pragmas what is set before */
const sqliteSingles = (pragmas: readonly string[]) => () =>
  inFolder((folder) => {
    const database = new BetterSqlite(path.join(folder, 'single.db'));
    for (const pragma of pragmas) database.pragma(pragma);
    database.exec(`CREATE TABLE events_mirror (id INTEGER PRIMARY KEY, topic TEXT, payload TEXT, created_at INTEGER);
      CREATE INDEX t ON events_mirror (topic); CREATE INDEX c ON events_mirror (created_at);
      CREATE INDEX k ON events_mirror (json_extract(payload, '$.kind'));
      CREATE INDEX i ON events_mirror (json_extract(payload, '$.trace_id'))`);
    const insert = database.prepare(
      'INSERT INTO events_mirror (topic, payload, created_at) VALUES (?, ?, ?)',
    );
    const start = performance.now();
    for (let number = 0; number < SINGLE_ROWS; number += 1) insert.run(TOPIC, body(number), Date.now());
    const seconds = (performance.now() - start) / 1000;
    database.close();
    return SINGLE_ROWS / seconds;
  });

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

const postgres = () =>
  inDatabase(async (url) => {
    const store = await built().openStore({
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
const postgresSingles = () =>
  inDatabase(async (url) => {
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query(`CREATE TABLE events_mirror (id BIGSERIAL PRIMARY KEY, topic VARCHAR(255) NOT NULL,
        payload JSONB NOT NULL, created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
        trace_id UUID GENERATED ALWAYS AS ((payload->>'trace_id')::UUID) STORED);
      CREATE INDEX ON events_mirror(topic); CREATE INDEX ON events_mirror(trace_id);
      CREATE INDEX ON events_mirror(created_at); CREATE INDEX ON events_mirror((payload->>'kind'))`);
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

const bench: Bench = {
  description:
    'Rows mirrored per second, events arriving one by one with 1,000 under way, against one row a commit in the same database.',
  needs: ['postgresql'],
  software: () => ['better-sqlite3', 'pg'],
  comparisons: () => [
    {
      id: 'store/postgres',
      unit: 'rows/s',
      target: 10,
      ours: { name: 'gridwire mirror, PostgreSQL', run: postgres },
      peer: { name: "TaylorDash's one-row INSERT", run: postgresSingles },
    },
    {
      id: 'store/sqlite',
      unit: 'rows/s',
      target: 10,
      ours: { name: 'gridwire mirror, SQLite, durability process', run: sqlite('process') },
      peer: { name: "one-row INSERT with SQLite's defaults", run: sqliteSingles([]) },
    },
    {
      id: 'store/power',
      unit: 'rows/s',
      target: 3,
      ours: {
        name: 'gridwire mirror, SQLite, durability power',
        run: sqlite('power'),
      },
      peer: {
        name: 'one-row INSERT, write-ahead log, synchronous FULL',
        run: sqliteSingles(['journal_mode = WAL', 'synchronous = FULL']),
      },
    },
  ],
};

export default bench;
