import type { Differences } from './compare.js';

/** What came of one file. */
export interface Row {
  name: string;
  read: boolean;
  solved: boolean;
  buses?: number;
  iterations?: number;
  start?: string;
  /** Iterations from a flat start; missing where that does not lead to a solution. */
  flatIterations?: number;
  mismatchPu?: number;
  /** Largest differences to the reference, or to what the file carries; the worse of two starts where both solve. */
  apart?: Differences | undefined;
  milliseconds: number;
  notes: string[];
  /** Why the row does not hold. */
  failure?: string;
}

const HEADINGS = [
  ...['file', 'buses', 'read', 'solved', 'from', 'steps', 'flat', 'mismatch'],
  ...['voltage', 'flow', 'losses', 'ms'],
];
const WIDTHS = [44, 7, 5, 7, 5, 6, 5, 9, 9, 9, 9, 7];

function columns(cells: readonly string[], notes: string): string {
  return `${cells.map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[at] ?? 0) : cell.padStart(WIDTHS[at] ?? 0))).join(' ')}  ${notes}`;
}

export function heading(): string {
  return columns(HEADINGS, 'notes');
}

export function line(row: Row): string {
  const power = (value: number | undefined): string => (value === undefined ? '-' : value.toExponential(1));
  const count = (value: number | undefined): string => (value === undefined ? '-' : String(value));
  const cells = [
    ...[row.name, count(row.buses), row.read ? 'yes' : 'no', row.solved ? 'yes' : 'no', row.start ?? '-'],
    ...[count(row.iterations), count(row.flatIterations), power(row.mismatchPu)],
    ...[power(row.apart?.voltagePu), power(row.apart?.flowPu), power(row.apart?.lossPu)],
    row.milliseconds.toFixed(0),
  ];
  const notes = row.failure === undefined ? row.notes : [`FAILED: ${row.failure}`, ...row.notes];
  const more = notes.length > 2 ? ` (and ${notes.length - 2} more)` : '';
  return columns(cells, notes.slice(0, 2).join('; ') + more);
}

/** @param compared how many of the rows have another program's solution beside them */
export function summary(rows: readonly Row[], compared: number): string {
  const read = rows.filter((row) => row.read).length;
  const solved = rows.filter((row) => row.solved).length;
  const failed = rows.filter(({ failure }) => failure !== undefined);
  const seconds = rows.reduce((total, { milliseconds }) => total + milliseconds, 0) / 1000;
  const counts = `${rows.length} files, ${read} read, ${solved} solved, ${rows.length - read} refused with their reason, ${compared} compared with another program's solution, ${failed.length} failed, in ${seconds.toFixed(0)} s`;
  return [counts, ...failed.map(({ name, failure }) => `  ${name}: ${failure}`)].join('\n');
}
