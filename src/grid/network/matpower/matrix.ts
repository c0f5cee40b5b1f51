/** Rows of numbers. A scalar is one row with one number. */
export type Matrix = number[][];

export function scalar(value: number): Matrix {
  return [[value]];
}

/** The number in a 1 x 1 matrix, undefined for any other. */
export function asScalar(matrix: Matrix): number | undefined {
  return matrix.length === 1 && matrix[0]?.length === 1 ? matrix[0][0] : undefined;
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
  const rows = Math.max(left.length, right.length);
  const columns = Math.max(left[0]?.length ?? 0, right[0]?.length ?? 0);
  for (const { length, 0: first } of [left, right]) {
    if (length !== rows && length !== 1) return undefined;
    if (first?.length !== columns && first?.length !== 1) return undefined;
  }
  const at = (matrix: Matrix, row: number, column: number): number => {
    const entries = matrix[matrix.length === 1 ? 0 : row] ?? [];
    return entries[entries.length === 1 ? 0 : column] ?? NaN;
  };
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => operation(at(left, row, column), at(right, row, column))),
  );
}

/** The given rows and columns (counted from 1), undefined when one lies outside. */
export function select(matrix: Matrix, rows: number[], columns: number[]): Matrix | undefined {
  const selected = rows.map((row) => columns.map((column) => matrix[row - 1]?.[column - 1]));
  return selected.flat().includes(undefined) ? undefined : (selected as Matrix);
}
