import { refuse, type Row } from './tables.js';

/** What every element has. */
export function head(row: Row, prefix = ''): { id: string; inService: boolean; name?: string } {
  const name = typeof row.name === 'string' && row.name !== '' ? { name: row.name } : {};
  return { id: `${prefix}${row.index}`, inService: inService(row), ...name };
}

export function inService(row: Row): boolean {
  return row.in_service !== false;
}

/** A cell that must be a number; an empty cell (null or NaN) counts as `fallback`. */
export function number(row: Row, column: string, fallback?: number): number {
  const value = row[column];
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  if (fallback === undefined) throw refuse(`element ${row.index} has no number in column ${column}`);
  return fallback;
}

/** The id of the bus that a column names by its number. */
export function busId(row: Row, column = 'bus'): string {
  return String(number(row, column));
}
