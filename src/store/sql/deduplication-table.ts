import type { DeduplicationStore, DeduplicationWindow } from '../queue-stores.js';
import type { Database, Statement } from './database.js';

/** Deduplication marks over `gridwire_deduplication`. */
export class DeduplicationTable implements DeduplicationStore {
  constructor(private readonly database: Database) {}

  async seen(scope: string, keys: readonly string[], since = 0): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const list = this.database.dialect.oneOf('id', keys);
    const rows = await this.database.read({
      sql: `SELECT id FROM gridwire_deduplication WHERE scope = ? AND marked_at >= ? AND ${list.sql}`,
      parameters: [scope, since, ...list.parameters],
    });
    return new Set(rows.map((row) => String(row.id)));
  }

  async mark(scope: string, keys: readonly string[], at: number): Promise<void> {
    await this.database.write(keys.map((key) => markStatement(scope, key, at)));
  }

  async trim(scope: string, window: DeduplicationWindow, now: number): Promise<number> {
    const results = await this.database.write([
      {
        sql: `DELETE FROM gridwire_deduplication WHERE scope = ? AND marked_at < ?`,
        parameters: [scope, now - window.age],
      },
      {
        sql: `DELETE FROM gridwire_deduplication WHERE scope = ? AND (marked_at, id) <
          (SELECT marked_at, id FROM gridwire_deduplication WHERE scope = ?
            ORDER BY marked_at DESC, id DESC LIMIT 1 OFFSET ?)`,
        parameters: [scope, scope, Math.max(0, window.count - 1)],
      },
    ]);
    return results.reduce((sum, result) => sum + result.changes, 0);
  }
}

export function markStatement(scope: string, key: string, at: number): Statement {
  return {
    sql: `INSERT INTO gridwire_deduplication (scope, id, marked_at) VALUES (?, ?, ?)
      ON CONFLICT (scope, id) DO UPDATE SET marked_at = excluded.marked_at`,
    parameters: [scope, key, at],
  };
}
