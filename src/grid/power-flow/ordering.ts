/**
 * Elimination order of a symmetric sparse matrix by minimum degree: always eliminate the node with the fewest
 * remaining neighbours, then join those neighbours to each other. Power grids stay almost as sparse as they were.
 */
export interface Elimination {
  /** Node eliminated k-th. */
  order: Int32Array;
  /** For the k-th eliminated node its remaining neighbours: the pattern of row and column k. */
  neighbours: Int32Array[];
}

/**
 * @param size number of nodes
 * @param edges pairs of different nodes; the same pair may occur more than once
 */
export function minimumDegreeOrder(size: number, edges: readonly (readonly [number, number])[]): Elimination {
  const adjacent = adjacencyLists(size, edges);
  const queue = new DegreeQueue(adjacent.map((list) => list.length));
  const order = new Int32Array(size);
  const neighbours: Int32Array[] = [];
  const marked = new Uint8Array(size);
  for (let k = 0; k < size; k++) {
    const node = queue.takeSmallest();
    const around = Int32Array.from(adjacent[node] ?? []);
    order[k] = node;
    neighbours.push(around);
    adjacent[node] = [];
    for (const neighbour of around) {
      const merged = mergeWithout(adjacent[neighbour] ?? [], around, node, neighbour, marked);
      adjacent[neighbour] = merged;
      queue.changeDegree(neighbour, merged.length);
    }
  }
  return { order, neighbours };
}

function adjacencyLists(size: number, edges: readonly (readonly [number, number])[]): number[][] {
  const sets = Array.from({ length: size }, () => new Set<number>());
  for (const [first, second] of edges) {
    sets[first]?.add(second);
    sets[second]?.add(first);
  }
  return sets.map((set) => [...set]);
}

/** Union of both lists, less the eliminated node and the node itself. `marked` is scratch space, all zero. */
function mergeWithout(
  own: readonly number[],
  around: Int32Array,
  eliminated: number,
  self: number,
  marked: Uint8Array,
): number[] {
  const merged = own.filter((node) => node !== eliminated);
  marked[self] = 1;
  for (const node of merged) marked[node] = 1;
  for (const node of around) if (marked[node] === 0) merged.push(node);
  marked[self] = 0;
  for (const node of merged) marked[node] = 0;
  return merged;
}

/** Nodes in buckets by degree; each bucket is a doubly linked list, so that every change costs constant time. */
class DegreeQueue {
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly degree: Int32Array;
  private smallest = 0;

  constructor(degrees: readonly number[]) {
    this.first = new Int32Array(degrees.length + 1).fill(-1);
    this.next = new Int32Array(degrees.length).fill(-1);
    this.previous = new Int32Array(degrees.length).fill(-1);
    this.degree = Int32Array.from(degrees);
    for (let node = degrees.length - 1; node >= 0; node--) this.insert(node);
  }

  takeSmallest(): number {
    while (this.at(this.first, this.smallest) < 0) this.smallest++;
    const node = this.at(this.first, this.smallest);
    this.remove(node);
    return node;
  }

  changeDegree(node: number, degree: number): void {
    this.remove(node);
    this.degree[node] = degree;
    this.insert(node);
    this.smallest = Math.min(this.smallest, degree);
  }

  private insert(node: number): void {
    const degree = this.at(this.degree, node);
    const head = this.at(this.first, degree);
    this.next[node] = head;
    this.previous[node] = -1;
    if (head >= 0) this.previous[head] = node;
    this.first[degree] = node;
  }

  private remove(node: number): void {
    const next = this.at(this.next, node);
    const previous = this.at(this.previous, node);
    if (next >= 0) this.previous[next] = previous;
    if (previous >= 0) this.next[previous] = next;
    else this.first[this.at(this.degree, node)] = next;
  }

  private at(list: Int32Array, index: number): number {
    return list[index] ?? -1;
  }
}
