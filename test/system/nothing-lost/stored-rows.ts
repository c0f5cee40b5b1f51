import path from 'node:path';
import BetterSqlite from 'better-sqlite3';

/** How many rows a table of the store in that user folder has; a reader does not disturb its owner. */
export function storedRows(userDir: string, table: 'gridwire_outbox' | 'gridwire_parked'): number {
  const reader = new BetterSqlite(path.join(userDir, 'gridwire', 'store.db'), { readonly: true });
  try {
    return (reader.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
  } finally {
    reader.close();
  }
}
