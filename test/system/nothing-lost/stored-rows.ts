import { existsSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';

/** How many rows a table of the store in that user folder has, 0 before there is one; a reader does not disturb its owner. */
export function storedRows(userDir: string, table: 'gridwire_outbox' | 'gridwire_parked'): number {
  const file = path.join(userDir, 'gridwire', 'store.db');
  if (!existsSync(file)) return 0;
  const reader = new BetterSqlite(file, { readonly: true });
  try {
    if (reader.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) === undefined) return 0;
    return (reader.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
  } finally {
    reader.close();
  }
}
