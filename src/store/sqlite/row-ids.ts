import type { Sqlite } from './driver/index.js';

/**
 * To be called when a store has got another content while it was in use: a copy, a backup, or none. Whoever works with
 * it still knows rows of the content before by their ids; no new row gets one of these.
 * @param now milliseconds; ids go on from there in microseconds, which no content can have given out row by row
 */
export function leaveIdsBehind(database: Sqlite, now = Date.now()): void {
  const next = now * 1_000;
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'`)
    .all() as { name: string }[];
  database.transaction(() => {
    for (const { name } of tables) {
      const raise = database.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?');
      if (raise.run(next, name).changes > 0) continue;
      database.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, next);
    }
  });
}
