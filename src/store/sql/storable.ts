import { GridwireError } from '../../errors.js';
import { isBulk, type Operation, type SqlValue, type Statement } from './database.js';

/**
 * What reaches a database passes here, whichever table it is for, so that SQLite and PostgreSQL keep the same and
 * neither refuses for good what its caller would hand over again and again: texts without NUL and halves of surrogate
 * pairs (each becomes U+FFFD; what must stay exact is kept as bytes or inside JSON), whole numbers, rows of a size
 * that both can take.
 */
export function storable(unit: readonly Operation[]): readonly Operation[] {
  let bytes = 0;
  const checked = (values: readonly SqlValue[]): readonly SqlValue[] => {
    const kept = storableValues(values);
    for (const value of kept) if (value !== null && typeof value !== 'number') bytes += value.length;
    return kept;
  };
  const operations = unit.map((operation) =>
    isBulk(operation)
      ? { ...operation, rows: operation.rows.map(checked) }
      : { ...operation, parameters: checked(operation.parameters) },
  );
  if (bytes <= LARGEST_UNIT) return operations;
  throw new GridwireError(
    'STORE_REFUSED',
    `An event of ${bytes} bytes is more than a store keeps (${LARGEST_UNIT}). Bound what enters the flow.`,
    { details: { bytes, limit: LARGEST_UNIT } },
  );
}

/** The same for a question. */
export function storableStatement(statement: Statement): Statement {
  return { ...statement, parameters: storableValues(statement.parameters) };
}

/** A text that both databases take. */
export function storableText(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  return formed.includes('\0') ? formed.replaceAll('\0', '\ufffd') : formed;
}

/** A moment, milliseconds since the epoch, that both databases take; the nearest one for those beyond their calendars. */
export function storableTime(time: number): number {
  return Number.isNaN(time) ? 0 : Math.round(Math.min(Math.max(time, FIRST_MOMENT), LAST_MOMENT));
}

/** PostgreSQL takes a little under 1 GiB in one message, SQLite 1,000,000,000 bytes in one row. */
const LARGEST_UNIT = 512 * 1024 * 1024;
/** The years 1 and 9999: what every reader of a date understands. */
const FIRST_MOMENT = -62_135_596_800_000;
const LAST_MOMENT = 253_402_300_799_999;

function storableValues(values: readonly SqlValue[]): readonly SqlValue[] {
  return values.every(isStorable) ? values : values.map(storableValue);
}

function isStorable(value: SqlValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());
}

function storableValue(value: SqlValue): SqlValue {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'number') return value;
  const rounded = Math.round(value);
  if (Number.isSafeInteger(rounded)) return rounded;
  throw new GridwireError(
    'STORE_REFUSED',
    `The number ${value} is beyond what a store keeps; whole numbers up to ${Number.MAX_SAFE_INTEGER} are.`,
    { details: { value: String(value) } },
  );
}
