import type { JsonObject } from '../../event.js';
import type { ReplayCursor, ReplayCursorStore } from '../state-stores.js';
import type { Database } from './database.js';

/** Replay cursors over `gridwire_replay_cursors`. */
export class ReplayCursorTable implements ReplayCursorStore {
  constructor(private readonly database: Database) {}

  async get(name: string): Promise<ReplayCursor | undefined> {
    const [row] = await this.database.read({
      sql: `SELECT id, position, done, total, plan, updated_at FROM gridwire_replay_cursors WHERE id = ?`,
      parameters: [name],
    });
    return (
      row && {
        name: String(row.id),
        position: Number(row.position),
        done: Number(row.done),
        total: Number(row.total),
        plan: JSON.parse(String(row.plan)) as JsonObject,
        updatedAt: Number(row.updated_at),
      }
    );
  }

  async put(cursor: ReplayCursor): Promise<void> {
    await this.database.write([
      {
        sql: `INSERT INTO gridwire_replay_cursors (id, position, done, total, plan, updated_at)
          VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET position = excluded.position, done = excluded.done,
            total = excluded.total, plan = excluded.plan, updated_at = excluded.updated_at`,
        parameters: [
          cursor.name,
          cursor.position,
          cursor.done,
          cursor.total,
          JSON.stringify(cursor.plan),
          cursor.updatedAt,
        ],
      },
    ]);
  }

  async remove(name: string): Promise<void> {
    await this.database.write([
      { sql: `DELETE FROM gridwire_replay_cursors WHERE id = ?`, parameters: [name] },
    ]);
  }
}
