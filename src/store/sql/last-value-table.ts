import type { Json } from '../../event.js';
import type { LastValue, LastValueStore } from '../state-stores.js';
import type { Database, Row } from './database.js';

/** Last values over `gridwire_last_values`. The comparison of times is part of the write, so no race can undo it. */
export class LastValueTable implements LastValueStore {
  constructor(private readonly database: Database) {}

  async put(values: readonly LastValue[]): Promise<boolean[]> {
    const results = await this.database.write(
      values.map(({ scope, key, value, time }) => ({
        sql: `INSERT INTO gridwire_last_values (scope, id, value, event_time) VALUES (?, ?, ?, ?)
          ON CONFLICT (scope, id) DO UPDATE SET value = excluded.value, event_time = excluded.event_time
          WHERE excluded.event_time > gridwire_last_values.event_time`,
        parameters: [scope, key, JSON.stringify(value), time],
      })),
    );
    return results.map((result) => result.changes > 0);
  }

  async get(scope: string, key: string): Promise<LastValue | undefined> {
    const [row] = await this.database.read({
      sql: `SELECT scope, id, value, event_time FROM gridwire_last_values WHERE scope = ? AND id = ?`,
      parameters: [scope, key],
    });
    return row && valueOf(row);
  }

  async list(scope: string): Promise<LastValue[]> {
    const rows = await this.database.read({
      sql: `SELECT scope, id, value, event_time FROM gridwire_last_values WHERE scope = ? ORDER BY id`,
      parameters: [scope],
    });
    return rows.map(valueOf);
  }
}

function valueOf(row: Row): LastValue {
  return {
    scope: String(row.scope),
    key: String(row.id),
    value: JSON.parse(String(row.value)) as Json,
    time: Number(row.event_time),
  };
}
