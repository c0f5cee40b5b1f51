import { refuse } from './refuse.js';
import type { Row } from './tables.js';

/** What every element has. */
export function head(row: Row, prefix = ''): { id: string; inService: boolean; name?: string } {
  const name = typeof row.name === 'string' && row.name !== '' ? { name: row.name } : {};
  return { id: `${prefix}${row.index}`, inService: inService(row), ...name };
}

export function inService(row: Row): boolean {
  return flag(row, 'in_service', true);
}

/** A cell that must be true or false; an empty cell counts as `fallback`. */
export function flag(row: Row, column: string, fallback: boolean): boolean {
  const value = row[column];
  if (value === undefined || value === null || Number.isNaN(value)) return fallback;
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw refuse(`${row.table} ${row.index}: column ${column} must be true or false, found ${show(value)}`);
}

/** Limits: without end where there is none. */
const MAY_BE_INFINITE = new Set(['max_i_ka', 'df', 'max_step', 'min_vm_pu', 'max_vm_pu']);

/** A cell that must be a number; an empty cell (null or NaN) counts as `fallback`. */
export function number(row: Row, column: string, fallback?: number): number {
  const value = row[column];
  const off = row.in_service === false || row.in_service === 0;
  if (typeof value === 'number' && !Number.isNaN(value)) {
    if (Number.isFinite(value) || off || MAY_BE_INFINITE.has(column)) return value;
    // A fallback that is no finite number is the caller's way to say that anything will do.
    if (fallback !== undefined && !Number.isFinite(fallback)) return value;
    throw refuse(`${row.table} ${row.index}: column ${column} must hold a finite number, found ${value}`);
  }
  const empty = value === undefined || value === null || Number.isNaN(value);
  // Nobody looks at what is out of service: whatever stands there does no harm.
  const harmless = fallback ?? (off ? 0 : undefined);
  if (harmless !== undefined && (empty || fallback === undefined)) return harmless;
  throw refuse(
    `${row.table} ${row.index}: column ${column} must hold a number, found ${empty ? 'nothing' : show(value)}`,
  );
}

/** The id of the bus that a column names by its number. */
export function busId(row: Row, column = 'bus'): string {
  return String(number(row, column));
}

/** What pandas writes for a cell without a value. */
export function isEmpty(cell: unknown): boolean {
  return cell === undefined || cell === null || cell === '' || Number.isNaN(cell);
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}
