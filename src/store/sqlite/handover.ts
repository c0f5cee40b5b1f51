import { isBulk, type Operation, type SqlValue } from '../sql/database.js';

/**
 * The units as they go to another thread. A view of bytes is sent with all of the memory that it is cut from: a small
 * message would take along the megabytes that it was received with, so it is copied out before.
 */
export function handover(units: readonly (readonly Operation[])[]): (readonly Operation[])[] {
  return units.map((unit) => unit.map(ownOperation));
}

function ownOperation(operation: Operation): Operation {
  if (!isBulk(operation)) return { ...operation, parameters: operation.parameters.map(ownValue) };
  return { ...operation, rows: operation.rows.map((row) => row.map(ownValue)) };
}

function ownValue(value: SqlValue): SqlValue {
  if (!(value instanceof Uint8Array) || value.byteLength === value.buffer.byteLength) return value;
  return new Uint8Array(value);
}
