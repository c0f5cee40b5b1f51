/**
 * node_modules/.bin/tsx scripts/nightly/store-volume.ts [letters] [events]
 * Recovers 100,000 dead letters with a patch and replays 1,000,000 events with an interruption: none lost, none twice,
 * in order, and memory that does not grow with the number.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WireMessage } from '../../src/event.js';
import type { EventStore } from '../../src/store/event-store.js';
import { recover } from '../../src/store/recovery.js';
import { Replay } from '../../src/store/replay.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';

const letters = Number(process.argv[2] ?? 100_000);
const events = Number(process.argv[3] ?? 1_000_000);
const MEMORY_LIMIT = 300 * 1024 * 1024;
const SLICE = 5_000;

const message = (number: number): WireMessage => ({
  topic: 't',
  body: Buffer.from(JSON.stringify({ number, power: null, filler: 'x'.repeat(200) })),
  qos: 1,
  retain: false,
  headers: {},
});

async function recoverAll(store: EventStore): Promise<string> {
  for (let from = 0; from < letters; from += SLICE) {
    await store.deadLetters.add(
      Array.from({ length: Math.min(SLICE, letters - from) }, (_, index) => ({
        message: message(from + index),
        code: 'SCHEMA_VIOLATION' as const,
        reason: 'power is null',
        fault: 'permanent' as const,
        failedAt: 1,
      })),
    );
  }
  const seen = new Uint8Array(letters);
  const base = process.memoryUsage.rss();
  let peak = 0;
  const result = await recover(
    store.deadLetters,
    {
      query: {},
      patch: ({ message: letter }) => ({
        ...letter,
        body: Buffer.from(Buffer.from(letter.body).toString().replace('null', '5')),
      }),
      publish: ({ body }) => {
        const { number } = JSON.parse(Buffer.from(body).toString()) as { number: number };
        seen[number]! += 1;
        return Promise.resolve();
      },
    },
    () => (peak = Math.max(peak, process.memoryUsage.rss() - base)),
  );
  const lost = seen.filter((count) => count === 0).length;
  const twice = seen.filter((count) => count > 1).length;
  if (lost + twice > 0 || peak > MEMORY_LIMIT) process.exitCode = 1;
  return `${letters} letters: ${result.recovered} recovered, ${lost} lost, ${twice} twice, ${mib(peak)} MiB more memory`;
}

async function replayAll(store: EventStore): Promise<string> {
  for (let from = 0; from < events; from += SLICE) {
    await store.mirror.append(
      Array.from({ length: Math.min(SLICE, events - from) }, (_, index) => ({
        message: message(from + index),
      })),
    );
  }
  const base = process.memoryUsage.rss();
  let next = 0;
  let disorder = 0;
  let repeated = 0;
  let peak = 0;
  const prepare = (stopAt: number): Promise<Replay> =>
    Replay.prepare(
      store,
      { name: 'volume', query: {}, pace: { kind: 'unlimited' } },
      {
        isCommand: () => false,
        publish: ({ body }) => {
          const { number } = JSON.parse(Buffer.from(body).toString()) as { number: number };
          if (number > next) disorder += 1;
          if (number < next) repeated += 1;
          next = number + 1;
          if (next === stopAt) replay.suspend();
          return Promise.resolve();
        },
      },
    );
  let replay = await prepare(Math.floor(events / 2) + 7);
  replay.on('progress', () => (peak = Math.max(peak, process.memoryUsage.rss() - base)));
  await replay.run();
  replay = await prepare(-1);
  const result = await replay.run();
  if (disorder > 0 || next !== events || peak > MEMORY_LIMIT) process.exitCode = 1;
  return `${events} events: ${result.state} at ${result.done}, interrupted once (${repeated} steps back), ${disorder} out of order, ${mib(peak)} MiB more memory`;
}

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-volume-'));
  const store = await openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') });
  console.log(await recoverAll(store));
  console.log(await replayAll(store));
  await store.close();
  rmSync(folder, { recursive: true });
}

void main();
