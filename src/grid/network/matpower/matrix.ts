/** Rows of numbers. A scalar is one row with one number. */
export type Matrix = number[][];

/**
 * What a name or a formula stands for. `logical` says that the numbers are truth values, which pick places when they
 * index a table. Cell arrays and records hold nothing that a power flow needs.
 */
export type Value = { matrix: Matrix; logical?: boolean } | { text: string } | { other: true };

export function scalar(value: number): Matrix {
  return [[value]];
}

/** The number in a 1 x 1 matrix, undefined for any other. */
export function asScalar(matrix: Matrix): number | undefined {
  return matrix.length === 1 && matrix[0]?.length === 1 ? matrix[0][0] : undefined;
}

export function widthOf(matrix: Matrix): number {
  return matrix[0]?.length ?? 0;
}

export function countOf(matrix: Matrix): number {
  return matrix.length * widthOf(matrix);
}

/**
 * Combines two matrices entry by entry; a scalar, row or column is repeated to fit.
 *
 * @returns undefined where the shapes do not fit
 */
export function combine(
  left: Matrix,
  right: Matrix,
  operation: (a: number, b: number) => number,
): Matrix | undefined {
  const size = combinedSize(left, right);
  if (size === undefined) return undefined;
  const at = (matrix: Matrix, row: number, column: number): number => {
    const entries = matrix[matrix.length === 1 ? 0 : row] ?? [];
    return entries[entries.length === 1 ? 0 : column] ?? NaN;
  };
  return Array.from({ length: size.rows }, (_, row) =>
    Array.from({ length: size.columns }, (__, column) =>
      operation(at(left, row, column), at(right, row, column)),
    ),
  );
}

/** Size of what two matrices combine to; undefined where they do not fit. */
export function combinedSize(left: Matrix, right: Matrix): { rows: number; columns: number } | undefined {
  const fit = (a: number, b: number): number => (a === 1 ? b : b === 1 || a === b ? a : NaN);
  const rows = fit(left.length, right.length);
  const columns = fit(widthOf(left), widthOf(right));
  return Number.isNaN(rows) || Number.isNaN(columns) ? undefined : { rows, columns };
}

/** The given rows and columns (counted from 1), undefined when one lies outside. */
export function select(
  matrix: Matrix,
  rows: readonly number[],
  columns: readonly number[],
): Matrix | undefined {
  const inside = (places: readonly number[], length: number): boolean =>
    places.every((place) => Number.isInteger(place) && place >= 1 && place <= length);
  if (!inside(rows, matrix.length) || !inside(columns, widthOf(matrix))) return undefined;
  return rows.map((row) => columns.map((column) => matrix[row - 1]?.[column - 1] ?? NaN));
}

export function transpose(matrix: Matrix): Matrix {
  return Array.from({ length: widthOf(matrix) }, (_, column) => matrix.map((row) => row[column] ?? NaN));
}

/** The entries in MATLAB's order, column by column. */
export function byColumns(matrix: Matrix): number[] {
  const [only = []] = matrix;
  return matrix.length === 1 ? only : transpose(matrix).flat();
}
