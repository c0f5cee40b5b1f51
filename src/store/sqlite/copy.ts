import { closeSync, fsyncSync, openSync } from 'node:fs';
import { errorText, GridwireError } from '../../errors.js';
import { openSqlite, type Sqlite } from './driver/index.js';

/** Writes a consistent, compact copy to a file that does not exist yet, and forces it to the disk. */
export function copyDatabase(database: Sqlite, file: string): void {
  database.prepare('VACUUM INTO ?').run(file);
  forceToDisk(file);
}

/** Waits until the content of a file is on the disk. */
export function forceToDisk(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The problems SQLite finds in a file, and a file without Gridwire's tables is one; none for a sound store. */
export function problemsOf(file: string): string[] {
  try {
    const database = openSqlite(file, { readonly: true });
    try {
      return databaseProblems(database);
    } finally {
      database.close();
    }
  } catch (error) {
    return [errorText(error)];
  }
}

export function databaseProblems(database: Sqlite): string[] {
  if (database.pragmaValue('user_version') === 0) {
    return ['it is not a Gridwire store'];
  }
  const rows = database.pragma('integrity_check(20)');
  return rows.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok');
}

/** @throws GridwireError `STORE_DAMAGED` */
export function assertSound(file: string): void {
  const problems = problemsOf(file);
  if (problems.length > 0) {
    throw new GridwireError('STORE_DAMAGED', `${file} cannot be used as a backup: ${problems.join('; ')}.`, {
      details: { file, problems },
    });
  }
}
