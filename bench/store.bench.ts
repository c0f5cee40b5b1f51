import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import BetterSqlite from 'better-sqlite3';
import type { Durability } from '../src/store/event-store.js';
import type { Bench, Run } from './harness.js';
import { postgres, postgresCopy, postgresSingles } from './store/postgres.js';
import { body, mirrorRate, openStore, SINGLE_ROWS, TOPIC } from './store/rows.js';

/** The figures that are bounded with durability `power`: a held-up event loop would be felt by the flows. */
const RATE = 'rate';
const DELAY = 'event loop delay p99';
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
    const store = await openStore()({
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

const bench: Bench = {
  description:
    'Rows mirrored per second, events arriving one by one with 1,000 under way, against one row a commit in the same database, and against COPY.',
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
      id: 'store/copy',
      unit: 'rows/s',
      target: 0.5,
      ours: { name: 'gridwire mirror, PostgreSQL', run: postgres },
      peer: { name: "all rows in one COPY into TaylorDash's table", run: postgresCopy },
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
