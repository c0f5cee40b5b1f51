import { minimumDegreeOrder, type Elimination } from './ordering.js';

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
  /**
   * For pivot k, the offsets of the blocks (i, j) for each j of its pattern and each i before it; read in that order.
   * The block (j, i) lies right behind it, and (i, i) needs no list.
   */
  readonly targets: Int32Array;
  /** Length of the array of numbers. */
  readonly valueCount: number;
}

/** Orders the matrix and lays out its factors. The edges are pairs of places that share a block. */
export function analyse(size: number, edges: readonly (readonly [number, number])[]): Symbolic {
  const { order, neighbours } = subtreesTogether(minimumDegreeOrder(size, edges));
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

/**
 * The same elimination with every subtree of its tree in one piece: what a pivot changes then lies close by, which
 * large networks need, whose numbers no cache holds.
 */
function subtreesTogether({ order, neighbours }: Elimination): Elimination {
  const size = order.length;
  const place = new Int32Array(size);
  order.forEach((node, k) => (place[node] = k));
  // A pivot's parent is the first that it meets. Backwards, each parent comes before its children.
  const firstChild = new Int32Array(size + 1).fill(-1);
  const nextChild = new Int32Array(size).fill(-1);
  for (let k = 0; k < size; k++) {
    const parent = (neighbours[k] ?? new Int32Array(0)).reduce(
      (least, node) => Math.min(least, place[node] ?? size),
      size,
    );
    nextChild[k] = firstChild[parent] ?? -1;
    firstChild[parent] = k;
  }
  const backwards: number[] = [];
  const stack = [size];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at < size) backwards.push(at);
    for (let child = firstChild[at] ?? -1; child >= 0; child = nextChild[child] ?? -1) stack.push(child);
  }
  const turns = backwards.reverse();
  return {
    order: Int32Array.from(turns, (k) => order[k] ?? 0),
    neighbours: turns.map((k) => neighbours[k] ?? new Int32Array(0)),
  };
}

function updateTargets(symbolic: Omit<Symbolic, 'targets'>): Int32Array {
  const { size, start, pattern } = symbolic;
  let count = 0;
  for (let k = 0; k < size; k++) {
    const met = (start[k + 1] ?? 0) - (start[k] ?? 0);
    count += (met * (met - 1)) / 2;
  }
  const targets = new Int32Array(count);
  let next = 0;
  for (let k = 0; k < size; k++) {
    const met = pattern.subarray(start[k], start[k + 1]);
    for (const [at, column] of met.entries()) {
      for (const row of met.subarray(0, at)) targets[next++] = blockOffset(symbolic, row, column);
    }
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
