/** What may stand in one list at a time, with its neighbours there. */
export interface Linked<T extends Linked<T>> {
  before: T | undefined;
  after: T | undefined;
  /** Where it stands. */
  list: LinkedList<T> | undefined;
}

/** The links of what stands in no list. */
export const UNLISTED = { before: undefined, after: undefined, list: undefined } as const;

/** Things in the order in which they came; linked, so that the list makes no object for any, and none that left stays known. */
export class LinkedList<T extends Linked<T>> implements Iterable<T> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that came before all others. */
  get first(): T | undefined {
    return this.#first;
  }

  /** What is here keeps its place; what stands in another list leaves that one. */
  add(item: T): void {
    if (item.list === this) return;
    item.list?.delete(item);
    this.#size += 1;
    item.list = this;
    item.before = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  /** @returns whether it was here */
  delete(item: T): boolean {
    if (item.list !== this) return false;
    const { before, after } = item;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#size -= 1;
    item.before = item.after = item.list = undefined;
    return true;
  }

  clear(): void {
    for (let item = this.#first; item !== undefined; item = this.#first) this.delete(item);
  }

  /** The one that is being looked at may be deleted meanwhile, others behind it may not unless it stays. */
  *[Symbol.iterator](): Iterator<T> {
    for (let item = this.#first; item !== undefined;) {
      const next: T | undefined = item.after;
      yield item;
      item = item.list === this ? item.after : next;
    }
  }
}
