import { BULK_TABLES, type BulkInsert, type BulkTable } from '../sql/database.js';
import { binaryArray } from './binary-array.js';

/**
 * Rows arrive as one array per column and are unnested in order, so a batch of any size is one statement with a fixed
 * number of parameters. Where a row belongs to two tables, both get the same id from one sequence. A mirrored event that
 * has no document of its own is its document itself.
 */
const INSERTS: Record<BulkTable, string> = {
  mirror: `WITH input AS (
      SELECT nextval((SELECT pg_get_serial_sequence('events_mirror', 'id')::regclass)) AS id, r.*
      FROM ${streamed('mirror')}
    ), mirrored AS (
      INSERT INTO events_mirror (id, topic, payload, created_at)
      SELECT id, left(topic, 255), coalesce(document, convert_from(body, 'UTF8'))::jsonb,
        to_timestamp(recorded_at / 1000.0) FROM input
    )
    INSERT INTO gridwire_mirror (id, topic, body, kind, contract, type, event_time, recorded_at, message)
    SELECT id, CASE WHEN length(topic) > 255 THEN topic END, body, kind, contract, type, event_time, recorded_at, message
    FROM input`,
  dead_letters: `WITH input AS (
      SELECT nextval((SELECT pg_get_serial_sequence('dlq_events', 'id')::regclass)) AS id, r.*
      FROM ${unnested('dead_letters')} ORDER BY position
    ), letters AS (
      INSERT INTO dlq_events (id, original_topic, failure_reason, payload, created_at)
      SELECT id, left(topic, 255), reason, record::jsonb, to_timestamp(failed_at / 1000.0) FROM input
    )
    INSERT INTO gridwire_dead_letters
      (id, topic, body, message, contract, type, code, reason, fault, lineage, attempts)
    SELECT id, topic, body, message, contract, type, code, reason, fault, earlier.lineage, coalesce(earlier.attempts, 0)
    FROM input LEFT JOIN LATERAL (
      SELECT coalesce(lineage, id) AS lineage, attempts FROM gridwire_dead_letters
      WHERE sent = input.digest ORDER BY id DESC LIMIT 1
    ) AS earlier ON true RETURNING id`,
  outbox: `INSERT INTO gridwire_outbox (queue, topic, body, message, bytes, enqueued_at, origin, boot, uptime)
    SELECT queue, topic, body, message, bytes, enqueued_at, origin, boot, uptime FROM ${unnested('outbox')} ORDER BY position RETURNING id`,
};

/** One statement for all rows; it returns their ids in order (not for the mirror). */
export function bulkStatement({ table, rows }: BulkInsert): { text: string; values: Buffer[] } {
  const types = Object.values(BULK_TABLES[table]);
  return {
    text: INSERTS[table],
    values: types.map((type, index) =>
      binaryArray(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  };
}

function unnested(table: BulkTable): string {
  const columns = Object.entries(BULK_TABLES[table]);
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  return `unnest(${arrays}) WITH ORDINALITY AS r(${columns.map(([name]) => name).join(', ')}, position)`;
}

/**
 * The same, but row by row in one pass: nothing is put aside to be sorted. `nextval` keeps PostgreSQL from reading it in
 * several processes, so the ids are in order here, too.
 */
function streamed(table: BulkTable): string {
  const columns = Object.entries(BULK_TABLES[table]);
  const arrays = columns.map(([name, type], index) => `unnest($${index + 1}::${type}[]) AS ${name}`);
  return `(SELECT ${arrays.join(', ')}) AS r`;
}
