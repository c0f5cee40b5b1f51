import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import BetterSqlite from 'better-sqlite3';
import { Client } from 'pg';
import type { Durability, EventStore } from '../src/store/event-store.js';
import type * as OpenStore from '../src/store/connection/open-store.js';
import type { Bench, Run } from './harness.js';

const ROWS = 40_000;
const SINGLE_ROWS = 2_000;
/** Events a flow has under way at once. */
const IN_FLIGHT = 1_000;
/** The figures that are bounded with durability `power`: a held-up event loop would be felt by the flows. */
const RATE = 'rate';
const DELAY = 'event loop delay p99';
const TOPIC = 'tracker/events/projects/updated';

/** The built package: the store's thread runs compiled code, as it does for users. */
function built(): typeof OpenStore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- built only when the benchmark runs
  return require('../dist/src/store/connection/open-store.js') as typeof OpenStore;
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

/** Bodies are made beforehand: making them is the flow's work, not the store's. */
const BODIES = Array.from({ length: 1_000 }, (_, number) => Buffer.from(body(number)));

/** Mirrors events one by one, as they come from a flow, a bounded number under way. @returns rows per second */
async function mirrorRate(store: EventStore): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ROWS) {
      const bytes = BODIES[next++ % BODIES.length]!;
      await store.mirror.append([
        { message: { topic: TOPIC, body: bytes, qos: 1, retain: false, headers: {} } },
      ]);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const seconds = (performance.now() - start) / 1000;
  const kept = await store.mirror.count({ topicFilter: TOPIC });
  if (kept !== ROWS) throw new Error(`${kept} of ${ROWS} rows were kept`);
  return ROWS / seconds;
}

async function inFolder<Result>(run: (folder: string) => Promise<Result> | Result): Promise<Result> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-bench-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sqlite = (durability: Durability) => () =>
  inFolder(async (folder): Promise<Run> => {
    const store = await built().openStore({
      kind: 'sqlite',
      file: path.join(folder, 'store.db'),
      durability,
    });
    const idle = await IdleThread.start();
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    try {
      const rate = await mirrorRate(store);
      loop.disable();
      const delay = loop.percentile(99) / 1e6;
      const machine = await idle.stop();
      console.log(
        `  event loop delay p99 ${delay.toFixed(1)} ms; ${machine.toFixed(1)} ms in an idle thread beside it`,
      );
      return { rate, figures: { [RATE]: rate, [DELAY]: delay } };
    } finally {
      await store.close();
    }
  });

/** A thread that does nothing: the delay of its event loop is the machine's doing, not ours. */
class IdleThread {
  private constructor(private readonly worker: Worker) {}

  static async start(): Promise<IdleThread> {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      const loop = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 1 });
      loop.enable();
      parentPort.once('message', () => parentPort.postMessage(loop.percentile(99) / 1e6));
      parentPort.postMessage('started');`,
      { eval: true },
    );
    await once(worker, 'message');
    return new IdleThread(worker);
  }

  /** @returns the 99th percentile, milliseconds */
  async stop(): Promise<number> {
    this.worker.postMessage('stop');
    const [delay] = (await once(this.worker, 'message')) as [number];
    await this.worker.terminate();
    return delay;
  }
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
      bounds: [
        { name: RATE, unit: 'rows/s', least: 10_000 },
        { name: DELAY, unit: 'ms', below: 10 },
      ],
    },
  ],
};

export default bench;
