import { existsSync, renameSync, statSync } from 'node:fs';
import { errorText } from '../../errors.js';
import type { Durability } from '../event-store.js';
import { openSqlite, type Sqlite } from './driver/index.js';
import { migrate } from './migrate.js';
import { makePrivate } from './private-file.js';

/** Files up to this size are looked through at every start; it takes well under a second. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** What was found damaged and where it lies now. */
export interface Quarantine {
  movedTo: string;
  reason: string;
}

/**
 * Opens the store's file with its schema up to date. A damaged file is moved aside with its journal and a new one
 * started: a broken disk must not keep the flows from running, and what is moved aside can still be salvaged.
 */
export function openStoreFile(
  file: string,
  durability: Durability,
): { database: Sqlite; quarantine?: Quarantine } {
  try {
    return { database: openSound(file, durability) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const quarantine = setAside(file, errorText(error));
    return { database: openSound(file, durability), quarantine };
  }
}

/** Whether an error says that the file's content is broken, as opposed to busy, full or forbidden. */
export function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** Moves a file and its journal aside, under a name that says when. */
export function setAside(file: string, reason: string): Quarantine {
  const movedTo = `${file}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix);
  }
  return { movedTo, reason };
}

function openSound(file: string, durability: Durability): Sqlite {
  makePrivate(file);
  const database = openSqlite(file, { timeout: 5_000 });
  try {
    configure(database, durability);
    if (statSync(file).size <= CHECKED_BYTES) {
      assertIntact(database);
      makeShrinkable(database);
    }
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function configure(database: Sqlite, durability: Durability): void {
  // Only takes effect in a file without tables, which is why it stands before everything else.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  if (durability === 'power') {
    // macOS: fsync alone leaves the data in the drive's own cache.
    database.pragma('fullfsync = ON');
    database.pragma('checkpoint_fullfsync = ON');
  }
  database.pragma('journal_size_limit = 67108864');
  // What is erased is overwritten, not only forgotten.
  database.pragma('secure_delete = ON');
  database.define('regexp', matches);
}

/** A file that had tables before it was a store does not shrink until it is written anew. */
function makeShrinkable(database: Sqlite): void {
  const INCREMENTAL = 2;
  if (Number(database.pragmaValue('auto_vacuum')) === INCREMENTAL) return;
  database.pragma('auto_vacuum = INCREMENTAL');
  database.exec('VACUUM');
}

function assertIntact(database: Sqlite): void {
  const rows = database.pragma('quick_check(1)');
  const text = String(rows[0]?.['quick_check'] ?? 'ok');
  if (text !== 'ok') throw Object.assign(new Error(text), { code: 'SQLITE_CORRUPT' });
}

let compiled: { source: string; pattern: RegExp } | undefined;

/** SQLite's `text REGEXP pattern`; a query uses one pattern for all its rows. */
function matches(source: unknown, text: unknown): 0 | 1 {
  if (typeof source !== 'string' || typeof text !== 'string') return 0;
  if (compiled?.source !== source) compiled = { source, pattern: new RegExp(source) };
  return compiled.pattern.test(text) ? 1 : 0;
}
