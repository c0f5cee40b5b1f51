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
  /** Largest difference of a voltage to the one that the file carries; from a flat start where that leads to one. */
  apartPu?: number;
  milliseconds: number;
  notes: string[];
}

const WIDTHS = [44, 7, 5, 7, 5, 6, 5, 9, 9, 7];

function columns(cells: readonly string[], notes: string): string {
  return `${cells.map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[at] ?? 0) : cell.padStart(WIDTHS[at] ?? 0))).join(' ')}  ${notes}`;
}

export function heading(): string {
  return columns(
    ['file', 'buses', 'read', 'solved', 'from', 'steps', 'flat', 'mismatch', 'apart pu', 'ms'],
    'notes',
  );
}

export function line(row: Row): string {
  const power = (value: number | undefined): string => (value === undefined ? '-' : value.toExponential(1));
  const count = (value: number | undefined): string => (value === undefined ? '-' : String(value));
  const cells = [
    ...[row.name, count(row.buses), row.read ? 'yes' : 'no', row.solved ? 'yes' : 'no', row.start ?? '-'],
    ...[count(row.iterations), count(row.flatIterations), power(row.mismatchPu), power(row.apartPu)],
    row.milliseconds.toFixed(0),
  ];
  const more = row.notes.length > 2 ? ` (and ${row.notes.length - 2} more)` : '';
  return columns(cells, row.notes.slice(0, 2).join('; ') + more);
}

export function summary(rows: readonly Row[]): string {
  const read = rows.filter((row) => row.read);
  const solved = rows.filter((row) => row.solved);
  return `${rows.length} files, ${read.length} read, ${solved.length} solved, ${rows.length - read.length} refused with their reason`;
}
