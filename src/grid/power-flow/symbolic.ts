import { minimumDegreeOrder } from './ordering.js';

/**
 * Where every number of the factorisation lies, worked out once per topology: the numeric part is then a straight
 * walk through these lists, without searching, allocating or pivoting.
 *
 * Positions count 2x2 blocks row by row (four numbers) in one array: first the diagonal in elimination order, then
 * for each entry of the pattern its upper block (k, i) followed by its lower block (i, k).
 */
export interface Symbolic {
  readonly size: number;
  /** Node at each place of the elimination order. */
  readonly order: Int32Array;
  /** Pattern: the places that pivot k meets are `pattern[start[k] .. start[k + 1])`, all greater than k. */
  readonly start: Int32Array;
  readonly pattern: Int32Array;
  /** For pivot k, the offsets of the blocks (i, j) for all i, then all j of its pattern; read in that order. */
  readonly targets: Int32Array;
  /** Length of the array of numbers. */
  readonly valueCount: number;
}

/** Orders the matrix and lays out its factors. The edges are pairs of places that share a block. */
export function analyse(size: number, edges: readonly (readonly [number, number])[]): Symbolic {
  const { order, neighbours } = minimumDegreeOrder(size, edges);
  const place = new Int32Array(size);
  order.forEach((node, k) => (place[node] = k));
  const start = new Int32Array(size + 1);
  neighbours.forEach((list, k) => (start[k + 1] = (start[k] ?? 0) + list.length));
  const pattern = new Int32Array(start[size] ?? 0);
  neighbours.forEach((list, k) => {
    pattern.set(list.map((node) => place[node] ?? 0).sort(), start[k]);
  });
  const symbolic = { size, order, start, pattern, valueCount: 4 * (size + 2 * pattern.length) };
  return { ...symbolic, targets: updateTargets(symbolic) };
}

function updateTargets(symbolic: Omit<Symbolic, 'targets'>): Int32Array {
  const { size, start, pattern } = symbolic;
  let count = 0;
  for (let k = 0; k < size; k++) count += ((start[k + 1] ?? 0) - (start[k] ?? 0)) ** 2;
  const targets = new Int32Array(count);
  let next = 0;
  for (let k = 0; k < size; k++) {
    const met = pattern.subarray(start[k], start[k + 1]);
    for (const row of met) for (const column of met) targets[next++] = blockOffset(symbolic, row, column);
  }
  return targets;
}

/** Offset of block (row, column); both count places in the elimination order, and the block must exist. */
export function blockOffset(
  { size, start, pattern }: Pick<Symbolic, 'size' | 'start' | 'pattern'>,
  row: number,
  column: number,
): number {
  if (row === column) return 4 * row;
  const pivot = Math.min(row, column);
  const other = Math.max(row, column);
  let low = start[pivot] ?? 0;
  let high = (start[pivot + 1] ?? 0) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pattern[middle] ?? 0) < other) low = middle + 1;
    else high = middle;
  }
  return 4 * (size + 2 * low + (row > column ? 1 : 0));
}
