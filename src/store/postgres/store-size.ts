import type { Row, Statement } from '../sql/database.js';
import type { StoreSize } from '../store-size.js';
import { POSTGRES } from './dialect.js';

/** Rows whose width stands for that of all. */
const SAMPLE = 1_000;
/** What a row takes beside its columns: header, line pointer, alignment; bytes. */
const ROW_OVERHEAD = 32;

/**
 * What the store's tables occupy. PostgreSQL does not shrink a table when rows are deleted, it puts new rows into the
 * space: what the mirror's tables hold of such space is estimated and reported as reclaimable. Without that, a mirror
 * that has once reached its budget would be emptied to the last event. Rows are not counted, which takes minutes in a
 * large table: events go oldest first, so that their ids have no gaps to speak of.
 */
export async function storeSize(read: (statement: Statement) => Promise<Row[]>): Promise<StoreSize> {
  const [all] = await read({
    sql: `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::int8 AS bytes FROM pg_class c
      WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)
        AND (c.relname IN ('events_mirror', 'dlq_events') OR c.relname ~ '^gridwire_')`,
    parameters: [],
  });
  let reclaimable = 0;
  for (const table of POSTGRES.mirrorTables) reclaimable += await unusedBytes(read, table);
  return { bytes: Number(all?.bytes ?? 0), reclaimable };
}

/** @param table one of our own names */
async function unusedBytes(read: (statement: Statement) => Promise<Row[]>, table: string): Promise<number> {
  const [row] = await read({
    sql: `SELECT pg_total_relation_size('${table}') AS total, pg_table_size('${table}') AS heap,
        (SELECT coalesce(max(id) - min(id) + 1, 0)::int8 FROM ${table}) AS rows,
        (SELECT coalesce(avg(pg_column_size(r)), 0)::float8 FROM
          (SELECT * FROM ${table} ORDER BY id DESC LIMIT ${SAMPLE}) r) AS width`,
    parameters: [],
  });
  const [total, heap, rows, width] = [row?.total, row?.heap, row?.rows, row?.width].map(Number);
  if (!heap || !total || rows === undefined || width === undefined) return 0;
  const used = rows * (width + ROW_OVERHEAD);
  // Indexes are taken to be as empty as their table.
  return Math.max(0, Math.round(total * (1 - used / heap)));
}
