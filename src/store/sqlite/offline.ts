import { existsSync } from 'node:fs';
import { GridwireError } from '../../errors.js';
import { assertSound, copyDatabase, problemsOf } from './copy.js';
import { openSqlite } from './driver/index.js';
import { sqliteError } from './errors.js';
import { StoreLock } from './lock.js';
import { restoreFile } from './restore.js';
import { writeWhole } from './write-whole.js';

/**
 * Copies a store from outside, while its own process goes on writing: a reader of a write-ahead log sees one moment.
 * @throws GridwireError `STORE_UNAVAILABLE` when there is no such file, `STORE_DAMAGED` when the copy is not sound
 */
export function backUpFile(file: string, copy: string): void {
  assertExists(file);
  if (existsSync(copy)) {
    throw new GridwireError(
      'STORE_CONFLICT',
      `${copy} exists already. Choose another name, or remove it first.`,
    );
  }
  try {
    const database = openSqlite(file, { readonly: true, timeout: 10_000 });
    try {
      writeWhole(copy, (partial) => {
        copyDatabase(database, partial);
        assertSound(partial);
      });
    } finally {
      database.close();
    }
  } catch (error) {
    throw sqliteError(error, file, 'STORE_UNAVAILABLE');
  }
}

/**
 * Puts a backup in a store's place.
 * @throws GridwireError `STORE_LOCKED` while a process uses the store, `STORE_DAMAGED` when the backup is not sound
 */
export function restoreWithLock(backup: string, file: string): void {
  assertExists(backup);
  const lock = StoreLock.acquire(file, 0);
  try {
    restoreFile(backup, file, () => undefined);
  } finally {
    lock.release();
  }
}

/** The problems of a store or a copy; none when it is sound. */
export function verifyFile(file: string): string[] {
  assertExists(file);
  return problemsOf(file);
}

function assertExists(file: string): void {
  if (existsSync(file)) return;
  throw new GridwireError('STORE_UNAVAILABLE', `There is no file ${file}.`, { fault: 'permanent' });
}
