import { POSTGRES } from './dialect.js';
import type { Operation, Statement } from '../sql/database.js';

/** The scope of the leases by which instances say that they live. */
export const INSTANCES = 'gridwire instances';

/** The name of a queue that one instance has to itself. The node's id stays at its end. */
export function ownQueue(instance: string, queue: string): string {
  return `${instance}/${queue}`;
}

/**
 * Queues of this node that nobody works on: what an earlier version left, which knew one queue for all instances, and
 * those of instances that are dead. A dead one is not connected, so that its lock is free, and its lease has ended: a
 * living one that has lost its connection for a moment has the lease still.
 * Parameters: queue, end, end, own, queue, end, end
 */
function abandoned(table: string): string {
  return `WITH found AS MATERIALIZED (
      SELECT DISTINCT queue FROM ${table}
        WHERE queue = ?::text OR (right(queue, char_length(?::text)) = ?::text AND queue <> ?::text)
    ), abandoned AS MATERIALIZED (
      SELECT queue FROM found WHERE queue = ?::text OR (
        NOT EXISTS (SELECT 1 FROM gridwire_leases lease WHERE lease.scope = '${INSTANCES}'
          AND lease.name = left(found.queue, -char_length(?::text)) AND lease.expires_at > ${POSTGRES.now})
        AND pg_try_advisory_xact_lock(hashtext('gridwire'), hashtext(left(queue, -char_length(?::text)))))
    )`;
}

/** The other instances that are dead: their lease has ended, and they are not connected. */
export function deadInstances(instance: string): Statement {
  return {
    sql: `SELECT name, expires_at FROM gridwire_leases lease
      WHERE scope = ? AND name <> ? AND expires_at <= ${POSTGRES.now} AND NOT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND classid::bigint = hashtext('gridwire')::bigint & 4294967295
          AND objid::bigint = hashtext(lease.name)::bigint & 4294967295)`,
    parameters: [INSTANCES, instance],
  };
}

/** Puts into an instance's own queue what nobody works on. Whoever had it finds its lease gone, and stops. */
export function takeAbandoned(instance: string, queue: string): Operation[] {
  const own = ownQueue(instance, queue);
  const end = ownQueue('', queue);
  const parameters = [queue, end, end, own, queue, end, end];
  return [
    {
      sql: `${abandoned('gridwire_outbox')}
        DELETE FROM gridwire_leases WHERE scope = '${INSTANCES}' AND name IN
          (SELECT left(queue, -char_length(?::text)) FROM abandoned)`,
      parameters: [...parameters, end],
    },
    {
      // Of rows that stand for the same event the first one stays.
      sql: `${abandoned('gridwire_outbox')}
        DELETE FROM gridwire_outbox late WHERE origin IS NOT NULL AND queue IN (SELECT queue FROM abandoned)
          AND EXISTS (SELECT 1 FROM gridwire_outbox other WHERE other.origin = late.origin
            AND (other.queue = ? OR (other.id < late.id AND other.queue IN (SELECT queue FROM abandoned))))`,
      parameters: [...parameters, own],
    },
    {
      sql: `${abandoned('gridwire_outbox')}
        UPDATE gridwire_outbox SET queue = ? WHERE queue IN (SELECT queue FROM abandoned)`,
      parameters: [...parameters, own],
    },
    {
      // The clock by which these wait is another machine's, so what nobody has to decide about is tried at once.
      sql: `${abandoned('gridwire_parked')}
        UPDATE gridwire_parked SET queue = ?, kind = CASE kind WHEN 'kept' THEN 'parked' ELSE kind END,
          next_attempt_at = CASE kind WHEN 'held' THEN next_attempt_at ELSE 0 END
        WHERE queue IN (SELECT queue FROM abandoned)`,
      parameters: [...parameters, own],
    },
  ];
}
