import type { Database, Row, Statement } from './database.js';
import type { RetentionReport, RetentionRules } from '../retention.js';
import type { StoreSize } from '../store-size.js';

interface Retained {
  database: Database;
  size(): Promise<StoreSize>;
  reclaim(): Promise<number>;
}

/** Rows deleted in one commit: few enough that other writes need not wait for long. */
const SLICE = 2_000;
/** A full store is emptied down to this part of its budget, so that not every event deletes another. */
const TARGET = 0.9;

/** What a person gave up can be taken back for this long, milliseconds. */
export const UNDO = 24 * 3_600_000;

export async function retain(store: Retained, rules: RetentionRules, now: number): Promise<RetentionReport> {
  const { database } = store;
  const report = { mirror: 0, deadLetters: 0, audit: 0, bytes: 0 };
  const moment = database.dialect.moment();
  if (rules.mirrorAge !== undefined) {
    const old = { where: `created_at < ${moment}`, parameter: now - rules.mirrorAge, order: 'created_at' };
    report.mirror += await deleteSlices(database, timeTable(database), old, database.dialect.mirrorTables);
  }
  if (rules.deadLetterAge !== undefined) {
    const settled = {
      where: `failed_at < ?
        AND (discarded_at IS NULL OR discarded_at < ${Math.round(now - UNDO)})`,
      parameter: now - rules.deadLetterAge,
      order: 'id',
    };
    report.deadLetters += await deleteSlices(database, 'gridwire_dead_letters', settled, [
      'gridwire_dead_letters',
      'dlq_events',
    ]);
  }
  if (rules.auditAge !== undefined) {
    const old = { where: `at < ?`, parameter: now - rules.auditAge, order: 'at' };
    report.audit += await deleteSlices(database, 'gridwire_audit', old, ['gridwire_audit']);
  }
  if (rules.bytes !== undefined) report.mirror += await shrink(store, rules.bytes);
  await reclaimAll(store);
  report.bytes = await used(store);
  return report;
}

/** The one of the mirror's tables that has the time in an index: without it a round reads the whole table. */
function timeTable({ dialect }: Database): string {
  return dialect.mirrorTables.at(-1) ?? 'gridwire_mirror';
}

/** Gives back what can be given back, step by step; what does not get less is left where it is. */
export async function reclaimAll(store: Pick<Retained, 'reclaim'>): Promise<void> {
  for (let left = await store.reclaim(), before = Infinity; left > 0 && left < before;) {
    before = left;
    left = await store.reclaim();
  }
}

/** Deletes the oldest mirrored events until the store is within its budget, or none is left. */
async function shrink(store: Retained, budget: number): Promise<number> {
  if ((await used(store)) <= budget) return 0;
  let deleted = 0;
  while ((await used(store)) > budget * TARGET) {
    const oldest = { where: 'id > ?', parameter: 0, order: 'id' };
    const { database } = store;
    const slice = await deleteSlice(database, timeTable(database), oldest, database.dialect.mirrorTables);
    deleted += slice;
    if (slice === 0) break;
  }
  return deleted;
}

async function used(store: Retained): Promise<number> {
  const { bytes, reclaimable } = await store.size();
  return bytes - reclaimable;
}

interface Selection {
  where: string;
  parameter: number;
  /** By an index that the condition can use. */
  order: string;
}

async function deleteSlices(
  database: Database,
  relation: string,
  selection: Selection,
  tables: readonly string[],
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const slice = await deleteSlice(database, relation, selection, tables);
    deleted += slice;
    if (slice < SLICE) return deleted;
  }
}

async function deleteSlice(
  database: Database,
  relation: string,
  { where, parameter, order }: Selection,
  tables: readonly string[],
): Promise<number> {
  const rows = await database.read({
    sql: `SELECT id FROM ${relation} WHERE ${where} ORDER BY ${order} LIMIT ${SLICE}`,
    parameters: [parameter],
  });
  if (rows.length > 0) await database.write(deletions(database, tables, rows));
  return rows.length;
}

/** Deletes the rows with these ids from each of the tables. */
export function deletions(database: Database, tables: readonly string[], rows: readonly Row[]): Statement[] {
  const list = database.dialect.oneOf(
    'id',
    rows.map((row) => Number(row.id)),
  );
  return tables.map((table) => ({
    sql: `DELETE FROM ${table} WHERE ${list.sql}`,
    parameters: list.parameters,
  }));
}
