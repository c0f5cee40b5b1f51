import type { Json } from '../../event.js';
import type { BodyDescription } from '../sql/body-description.js';
import { BULK_TABLES, isBulk, type BulkInsert, type Operation } from '../sql/database.js';
import { portableJson } from '../sql/portable-json.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/**
 * JSON that JSONB refuses: escapes it may not take, exponents and digits beyond its numbers. An exponent counts in a number
 * only: many a UUID has an e among its digits. Digits are counted from the first of them only: from each, a megabyte of
 * them takes seconds.
 */
const SUSPICIOUS = /\\u|[[:,\s]-?\d+(?:\.\d+)?[eE][+-]?\d{3,}|(?<!\d)\d{1000}/;
/** `kind` is in an index, whose entries PostgreSQL keeps below a third of a page; bytes. */
const LONGEST_KIND = 1_200;
/** Larger documents are of no use in a column that is looked at as a whole; bytes. */
const LARGEST = 16 * 1024 * 1024;

const NOT_JSON = '{"gridwire_note":"not a JSON object; its bytes are in gridwire_mirror"}';
const NOT_TAKEN =
  '{"gridwire_note":"PostgreSQL takes no such JSON; its bytes are in the table of Gridwire\'s beside this one"}';

/**
 * What goes into TaylorDash's `events_mirror.payload`. Its `trace_id` column is computed from it and refuses what is no
 * UUID, its index refuses a long `kind`, and JSONB refuses some JSON. No event may be lost over that: the column then
 * gets the nearest document it takes, and the exact bytes are in `gridwire_mirror` in any case.
 */
export function documentForTaylorDash({ json }: BodyDescription): string {
  if (!json) return NOT_JSON;
  const { text, document } = json;
  if (text.length > LARGEST) return NOT_TAKEN;
  try {
    const { trace_id: traceId = null, kind = null, ...rest } = document;
    const isTraceId = traceId === null || (typeof traceId === 'string' && UUID.test(traceId));
    const isKind = Buffer.byteLength(textOf(kind)) <= LONGEST_KIND;
    if (isTraceId && isKind) return SUSPICIOUS.test(text) ? portableJson(document) : text;
    return portableJson({
      ...rest,
      ...(traceId === null ? {} : { [isTraceId ? 'trace_id' : 'gridwire_trace_id']: traceId }),
      ...(kind === null ? {} : { [isKind ? 'kind' : 'gridwire_kind']: kind }),
    });
  } catch {
    // Nested deeper than it can be written again.
    return NOT_TAKEN;
  }
}

/**
 * A unit with a note in place of each JSON document, for when PostgreSQL has refused one in spite of all care: its limits
 * (depth, digits, sizes) depend on how it is set up. What is exact lies beside it as bytes.
 * @returns undefined where the unit holds no document
 */
export function withoutDocuments(unit: readonly Operation[]): Operation[] | undefined {
  if (!unit.some((operation) => isBulk(operation) && documentColumn(operation) !== -1)) return undefined;
  return unit.map((operation) => {
    const column = isBulk(operation) ? documentColumn(operation) : -1;
    if (!isBulk(operation) || column === -1) return operation;
    return { ...operation, rows: operation.rows.map((row) => row.with(column, NOT_TAKEN)) };
  });
}

function documentColumn({ table }: BulkInsert): number {
  const columns = Object.keys(BULK_TABLES[table]);
  return columns.findIndex((name) => name === 'document' || name === 'record');
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
