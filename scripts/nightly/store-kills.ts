/**
 * node_modules/.bin/tsx scripts/nightly/store-kills.ts [kills]
 * Kills a writing store with SIGKILL at random moments, by default 100 times with each durability, and as often while
 * it brings an old file up to date: no committed row may be missing.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { migrate } from '../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { startWriter } from '../../test/unit/store/sqlite/processes.js';
import { missingRows } from './missing-rows.js';

const kills = Number(process.argv[2] ?? 100);
const OLD_ROWS = 2_000;
/** About as long as the opening takes. */
const SPREAD_MS = 30;

async function whileWriting(durability: 'process' | 'power'): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-kills-'));
  const file = path.join(folder, 'store.db');
  const committed: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter(file, durability);
    await writer.committed(1 + Math.floor(Math.random() * 300));
    committed.push(...(await writer.kill()));
  }
  const store = await openSqliteStore({ kind: 'sqlite', file });
  const lost = (await missingRows(store, committed)).length;
  await store.close();
  rmSync(folder, { recursive: true });
  if (lost > 0) process.exitCode = 1;
  return `${kills} kills while writing, durability ${durability}: ${committed.length} rows committed, ${lost} lost`;
}

async function whileMigrating(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-kills-'));
  const versions = new Map<number, number>();
  let lost = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const file = path.join(folder, `${kill}.db`);
    layOldStore(file);
    const writer = startWriter(file, 'process');
    // The lock is taken just before the file is opened; the kills spread over what follows.
    while (!existsSync(`${file}.lock`)) await delay(1);
    await delay(Math.random() * SPREAD_MS);
    await writer.kill();
    const found = new BetterSqlite(file);
    const version = found.pragma('user_version', { simple: true }) as number;
    found.close();
    versions.set(version, (versions.get(version) ?? 0) + 1);
    const store = await openSqliteStore({ kind: 'sqlite', file });
    lost += Math.max(0, OLD_ROWS - (await store.deadLetters.count({})));
    await store.close();
    for (const suffix of ['', '.lock', '.before-v2', '.before-v3']) rmSync(file + suffix, { force: true });
  }
  rmSync(folder, { recursive: true });
  if (lost > 0) process.exitCode = 1;
  const found = [...versions].sort().map(([version, count]) => `${count} at version ${version}`);
  return `${kills} kills while migrating (${found.join(', ')}): ${lost} rows lost`;
}

/** A file as version 1 left it, with content. */
function layOldStore(file: string): void {
  const database = new BetterSqlite(file);
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  migrate(database, file, MIGRATIONS.slice(0, 1));
  const insert = database.prepare(
    `INSERT INTO dlq_events (original_topic, failure_reason, payload, created_at) VALUES (?, 'old', '{}', 1)`,
  );
  database.transaction(() => {
    for (let row = 0; row < OLD_ROWS; row += 1) insert.run(`old/${row}`);
  })();
  database.close();
}

async function main(): Promise<void> {
  console.log(await whileWriting('process'));
  console.log(await whileWriting('power'));
  console.log(await whileMigrating());
}

void main();
