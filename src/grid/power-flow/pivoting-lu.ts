/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the matrix's own lists */

/** A square sparse matrix by columns: the entries of column k are at start[k] .. start[k + 1). */
export interface ColumnMatrix {
  readonly size: number;
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly value: Float64Array;
}

/** The diagonal is the pivot while it has this part of the largest entry, because that keeps the factors sparse. */
const DIAGONAL_PREFERENCE = 0.1;

/** A list of numbered values that grows. */
class Entries {
  index = new Int32Array(1024);
  value = new Float64Array(1024);
  length = 0;

  push(index: number, value: number): void {
    if (this.length === this.index.length) {
      const [indices, values] = [new Int32Array(2 * this.length), new Float64Array(2 * this.length)];
      indices.set(this.index);
      values.set(this.value);
      [this.index, this.value] = [indices, values];
    }
    this.index[this.length] = index;
    this.value[this.length++] = value;
  }
}

/**
 * Solves a sparse linear system by a left-looking LU factorisation with partial pivoting (Gilbert and Peierls, 1988),
 * in the column order given. Slower than the block factorisation, but exact where that one loses its digits.
 *
 * @param rhs is replaced by the solution
 * @returns the column in which no pivot is left, or -1
 */
export function solvePivoting(matrix: ColumnMatrix, rhs: Float64Array): number {
  const { size } = matrix;
  const lower = new Entries();
  const upper = new Entries();
  const lowerStart = new Int32Array(size + 1);
  const upperStart = new Int32Array(size + 1);
  const pivot = new Float64Array(size);
  const pivotRow = new Int32Array(size);
  const columnOfRow = new Int32Array(size).fill(-1);
  const work = new Float64Array(size);
  const reach = new Reach(size, lower, lowerStart, columnOfRow);
  for (let column = 0; column < size; column++) {
    const rows = reach.from(matrix, column);
    for (let at = matrix.start[column]!; at < matrix.start[column + 1]!; at++) {
      work[matrix.row[at]!]! += matrix.value[at]!;
    }
    for (const row of rows) {
      const earlier = columnOfRow[row]!;
      if (earlier < 0) continue;
      const value = work[row]!;
      for (let at = lowerStart[earlier]!; at < lowerStart[earlier + 1]!; at++) {
        work[lower.index[at]!]! -= lower.value[at]! * value;
      }
      upper.push(earlier, value);
    }
    upperStart[column + 1] = upper.length;
    const chosen = choosePivot(rows, columnOfRow, work, column);
    if (chosen < 0) return column;
    columnOfRow[chosen] = column;
    pivotRow[column] = chosen;
    pivot[column] = work[chosen]!;
    for (const row of rows) {
      if (columnOfRow[row]! < 0 && work[row] !== 0) lower.push(row, work[row]! / pivot[column]!);
      work[row] = 0;
    }
    lowerStart[column + 1] = lower.length;
  }
  substitute(size, lower, lowerStart, upper, upperStart, pivot, pivotRow, rhs);
  return -1;
}

function choosePivot(
  rows: readonly number[],
  columnOfRow: Int32Array,
  work: Float64Array,
  diagonal: number,
): number {
  let largest = 0;
  let chosen = -1;
  let own = 0;
  for (const row of rows) {
    if (columnOfRow[row]! >= 0) continue;
    const size = Math.abs(work[row]!);
    if (row === diagonal) own = size;
    if (size > largest) {
      largest = size;
      chosen = row;
    }
  }
  return own > 0 && own >= DIAGONAL_PREFERENCE * largest ? diagonal : chosen;
}

function substitute(
  size: number,
  lower: Entries,
  lowerStart: Int32Array,
  upper: Entries,
  upperStart: Int32Array,
  pivot: Float64Array,
  pivotRow: Int32Array,
  rhs: Float64Array,
): void {
  const solution = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    const value = rhs[pivotRow[column]!]!;
    solution[column] = value;
    for (let at = lowerStart[column]!; at < lowerStart[column + 1]!; at++) {
      rhs[lower.index[at]!]! -= lower.value[at]! * value;
    }
  }
  for (let column = size - 1; column >= 0; column--) {
    solution[column]! /= pivot[column]!;
    for (let at = upperStart[column]!; at < upperStart[column + 1]!; at++) {
      solution[upper.index[at]!]! -= upper.value[at]! * solution[column]!;
    }
  }
  rhs.set(solution);
}

/** Which rows a column of the matrix fills, in an order in which they can be eliminated: depth first through L. */
class Reach {
  private readonly seen: Int32Array;
  private readonly stack: number[] = [];
  private readonly at: number[] = [];

  constructor(
    size: number,
    private readonly lower: Entries,
    private readonly lowerStart: Int32Array,
    private readonly columnOfRow: Int32Array,
  ) {
    this.seen = new Int32Array(size).fill(-1);
  }

  from(matrix: ColumnMatrix, column: number): number[] {
    const order: number[] = [];
    for (let entry = matrix.start[column]!; entry < matrix.start[column + 1]!; entry++) {
      if (this.seen[matrix.row[entry]!] !== column) this.walk(matrix.row[entry]!, column, order);
    }
    return order.reverse();
  }

  private walk(root: number, mark: number, order: number[]): void {
    const { stack, at, seen, columnOfRow, lowerStart, lower } = this;
    stack.push(root);
    at.push(this.first(root));
    seen[root] = mark;
    while (stack.length > 0) {
      const row = stack[stack.length - 1]!;
      const end = columnOfRow[row]! < 0 ? 0 : lowerStart[columnOfRow[row]! + 1]!;
      let next = at[at.length - 1]!;
      while (next < end && seen[lower.index[next]!] === mark) next++;
      if (next < end) {
        const deeper = lower.index[next]!;
        at[at.length - 1] = next + 1;
        seen[deeper] = mark;
        stack.push(deeper);
        at.push(this.first(deeper));
      } else {
        order.push(row);
        stack.pop();
        at.pop();
      }
    }
  }

  private first(row: number): number {
    return this.columnOfRow[row]! < 0 ? 0 : this.lowerStart[this.columnOfRow[row]!]!;
  }
}
