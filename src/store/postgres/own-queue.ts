import type { Operation } from '../sql/database.js';

const TABLES = ['gridwire_outbox', 'gridwire_parked'];

/** The name of a queue that one instance has to itself. The node's id stays at its end. */
export function ownQueue(instance: string, queue: string): string {
  return `${instance}/${queue}`;
}

/**
 * Puts into an instance's own queue what nobody works on: what an earlier version left, which knew one queue for all
 * instances, and what instances left that are not connected. An instance holds its lock as long as it is connected, so
 * whoever gets the lock knows that it is gone, and holds it until the rows are moved.
 */
export function takeAbandoned(instance: string, queue: string): Operation[] {
  const own = ownQueue(instance, queue);
  const end = ownQueue('', queue);
  return TABLES.map((table) => ({
    sql: `WITH found AS MATERIALIZED (
        SELECT DISTINCT queue FROM ${table}
          WHERE queue = ?::text OR (right(queue, char_length(?::text)) = ?::text AND queue <> ?::text)
      ), abandoned AS MATERIALIZED (
        SELECT queue FROM found WHERE queue = ?::text
          OR pg_try_advisory_xact_lock(hashtext('gridwire'), hashtext(left(queue, -char_length(?::text))))
      )
      UPDATE ${table} SET queue = ?::text WHERE queue IN (SELECT queue FROM abandoned)`,
    parameters: [queue, end, end, own, queue, end, own],
  }));
}
