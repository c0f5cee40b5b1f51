import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type * as Replays from '../src/delivery/history/replay.js';
import { built } from './built.js';
import { type Bench, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { installed } from './report.js';
import { body, openStore, TOPIC } from './store/rows.js';

const EVENTS = 50_000;
const PER_APPEND = 1_000;
const { Replay } = built<typeof Replays>('src/delivery/history/replay.js');

/** The mirrored events as they would go out again, in order; where it stands is kept after each page. */
async function replay(): Promise<Run> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-bench-'));
  const store = await openStore()({ kind: 'sqlite', file: path.join(folder, 'store.db') });
  try {
    for (let first = 0; first < EVENTS; first += PER_APPEND)
      await store.mirror.append(
        Array.from({ length: PER_APPEND }, (_, index) => ({
          message: {
            ...{ topic: TOPIC, body: Buffer.from(body(first + index)), qos: 1, retain: false },
            headers: {},
          },
        })),
      );
    let sent = 0;
    const port: Replays.ReplayPort = {
      isCommand: () => false,
      publish: ({ body: bytes }) => {
        sent += bytes.byteLength > 0 ? 1 : 0;
        return Promise.resolve();
      },
    };
    const plan = { name: 'bench', query: {}, pace: { kind: 'unlimited' } } as const;
    const running = await Replay.prepare(store, plan, port);
    const begin = process.cpuUsage();
    const { state, done } = await running.run();
    const { user, system } = process.cpuUsage(begin);
    if (state !== 'done' || done !== EVENTS || sent !== EVENTS)
      throw new Error(`The replay ended as ${state} with ${done} done and ${sent} sent.`);
    return processorRun((user + system) / EVENTS);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

/** What has to be done at least: the rows read in order in one query. Nothing is kept of where it stands. */
function rows(): Promise<Run> {
  const database = new BetterSqlite(':memory:');
  database.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, topic TEXT, body BLOB)');
  const insert = database.prepare('INSERT INTO events (topic, body) VALUES (?, ?)');
  database.transaction(() => {
    for (let number = 0; number < EVENTS; number += 1) insert.run(TOPIC, Buffer.from(body(number)));
  })();
  const begin = process.cpuUsage();
  let sent = 0;
  for (const row of database.prepare('SELECT topic, body FROM events ORDER BY id').iterate())
    sent += (row as { body: Buffer }).body.byteLength > 0 ? 1 : 0;
  const { user, system } = process.cpuUsage(begin);
  database.close();
  return Promise.resolve(processorRun((user + system) / sent));
}

const bench: Bench = {
  description: `Mirrored events replayed for each second of processor time, ${EVENTS} from SQLite at unlimited pace to a port that takes them at once, the store's thread included: against the rows read by better-sqlite3 alone.`,
  needs: [],
  software: () => [`better-sqlite3 ${installed('better-sqlite3')}`],
  comparisons: () => [
    {
      // Pages, repetitions, commands and the place where it stands, beside one query.
      ...{ id: 'replay/sqlite-cpu', unit: PROCESSOR_UNIT, target: 0.1 },
      ours: { name: 'Replay: pages, repetitions, its place kept', run: replay },
      peer: { name: 'SELECT of all rows, nothing kept', run: rows },
    },
  ],
};

export default bench;
