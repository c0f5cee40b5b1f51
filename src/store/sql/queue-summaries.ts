import type { QueueSummary } from '../queue-stores.js';
import type { Database } from './database.js';

/** Count, bytes and age of each queue of a table. @param since the column that says when a message came in */
export async function queueSummaries(
  database: Database,
  table: 'gridwire_outbox' | 'gridwire_parked',
  since: 'enqueued_at' | 'parked_at',
): Promise<QueueSummary[]> {
  const rows = await database.read({
    sql: `SELECT queue, count(*) AS count, coalesce(sum(bytes), 0) AS bytes, min(${since}) AS oldest
      FROM ${table} GROUP BY queue ORDER BY queue`,
    parameters: [],
  });
  return rows.map((row) => ({
    queue: String(row.queue),
    count: Number(row.count),
    bytes: Number(row.bytes),
    oldestAt: Number(row.oldest),
  }));
}
