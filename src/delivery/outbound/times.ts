/** What comes due, by its time: a heap that forgets nothing and may hold what has become void meanwhile. */
export class Times<T> {
  private readonly heap: { at: number; what: T }[] = [];

  get size(): number {
    return this.heap.length;
  }

  add(at: number, what: T): void {
    const { heap } = this;
    let index = heap.length;
    heap.push({ at, what });
    for (let above = (index - 1) >> 1; index > 0 && at < this.timeOf(above); above = (index - 1) >> 1) {
      this.swap(index, above);
      index = above;
    }
  }

  /** The earliest time; undefined when there is nothing. */
  get first(): number | undefined {
    return this.heap[0]?.at;
  }

  /** What comes first; to be taken by `shift`. */
  peek(): T | undefined {
    return this.heap[0]?.what;
  }

  shift(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  /** Drops those for which the test says so; for when most of it has become void. */
  removeWhere(test: (what: T) => boolean): void {
    const kept = this.heap.filter(({ what }) => !test(what));
    this.heap.length = 0;
    for (const { at, what } of kept) this.add(at, what);
  }

  private sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const least = this.timeOf(left + 1) < this.timeOf(left) ? left + 1 : left;
      if (this.timeOf(least) >= this.timeOf(index)) return;
      this.swap(index, least);
      index = least;
    }
  }

  private timeOf(index: number): number {
    return this.heap[index]?.at ?? Infinity;
  }

  private swap(one: number, other: number): void {
    const { heap } = this;
    [heap[one], heap[other]] = [heap[other] as { at: number; what: T }, heap[one] as { at: number; what: T }];
  }
}
