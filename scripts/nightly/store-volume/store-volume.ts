/**
 * node_modules/.bin/tsx scripts/nightly/store-volume/store-volume.ts [letters] [events] [kills]
 * Recovers 100,000 dead letters with a patch: none lost, none twice. Replays 1,000,000 events in a process that is
 * killed ten times on the way: in order, none left out, none twice but those under way at a kill. Cancels another
 * replay. Memory must not grow with the number.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WireMessage } from '../../../src/event.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { recover } from '../../../src/delivery/history/recovery.js';
import { Replay } from '../../../src/delivery/history/replay.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';

const letters = Number(process.argv[2] ?? 100_000);
const events = Number(process.argv[3] ?? 1_000_000);
const kills = Number(process.argv[4] ?? 10);
/** Events that a replay has under way at most, and sends again after a crash. */
const UNDER_WAY = 500;
/** Events between two kills, at most. */
const STRETCH = Math.floor(events / (kills + 1));
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
      isCommand: () => false,
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

async function keep(store: EventStore): Promise<void> {
  for (let from = 0; from < events; from += SLICE) {
    await store.mirror.append(
      Array.from({ length: Math.min(SLICE, events - from) }, (_, index) => ({
        message: message(from + index),
      })),
    );
  }
}

/** Replays in processes of their own, killing each but the last. The store must be closed meanwhile. */
async function replayAll(file: string): Promise<string> {
  const sent = `${file}.sent`;
  writeFileSync(sent, '');
  let report = '';
  for (let kill = 0; kill <= kills; kill += 1) {
    const script = path.join(__dirname, 'replayer.ts');
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', script, file, sent], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => (report += chunk.toString()));
    const closed = once(child, 'close');
    if (kill < kills) {
      const until = statSync(sent).size + 4 * Math.ceil(Math.random() * STRETCH);
      while (child.exitCode === null && statSync(sent).size < until) await delay(5);
      child.kill('SIGKILL');
    }
    await closed;
  }
  const { state, done, peak } = JSON.parse(report) as { state: string; done: number; peak: number };
  const { next, disorder, repeated, steps } = judge(readFileSync(sent));
  if (disorder > 0 || next !== events || done !== events || peak > MEMORY_LIMIT) process.exitCode = 1;
  if (repeated > steps * UNDER_WAY || steps > kills) process.exitCode = 1;
  return `${events} events: ${state} at ${done} with ${kills} kills, ${disorder} out of order or left out, ${repeated} again after ${steps} kills, ${mib(peak)} MiB more memory`;
}

/** Looks through the numbers in the order in which they were sent. */
function judge(sent: Buffer): { next: number; disorder: number; repeated: number; steps: number } {
  const result = { next: 0, disorder: 0, repeated: 0, steps: 0 };
  for (let offset = 0; offset < sent.length; offset += 4) {
    const number = sent.readUInt32BE(offset);
    if (number > result.next) result.disorder += 1;
    if (number < result.next) {
      result.steps += 1;
      result.repeated += result.next - number;
    }
    result.next = number + 1;
  }
  return result;
}

async function cancelOne(store: EventStore): Promise<string> {
  const stopAt = Math.floor(events / 3);
  let sent = 0;
  const replay = await Replay.prepare(
    store,
    { name: 'cancelled', query: {}, pace: { kind: 'unlimited' } },
    {
      isCommand: () => false,
      publish: () => {
        sent += 1;
        if (sent === stopAt) replay.cancel();
        return Promise.resolve();
      },
    },
  );
  const { state } = await replay.run();
  const forgotten = (await store.replayCursors.get('cancelled')) === undefined;
  if (state !== 'cancelled' || sent > stopAt + UNDER_WAY || !forgotten) process.exitCode = 1;
  return `cancelled at ${stopAt}: ${state}, ${sent} sent, its place ${forgotten ? 'forgotten' : 'KEPT'}`;
}

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-volume-'));
  const file = path.join(folder, 'store.db');
  let store = await openSqliteStore({ kind: 'sqlite', file });
  console.log(await recoverAll(store));
  await keep(store);
  await store.close();
  console.log(await replayAll(file));
  store = await openSqliteStore({ kind: 'sqlite', file });
  console.log(await cancelOne(store));
  await store.close();
  rmSync(folder, { recursive: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
