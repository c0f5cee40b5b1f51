/** What may stand in one list, with its neighbours there. */
export interface Linked<T> {
  before: T | undefined;
  after: T | undefined;
  isListed: boolean;
}

/** Things in the order in which they came; linked, so that the list makes no object for any. */
export class LinkedList<T extends Linked<T>> implements Iterable<T> {
  private first: T | undefined;
  private last: T | undefined;

  add(item: T): void {
    item.isListed = true;
    item.before = this.last;
    if (this.last === undefined) this.first = item;
    else this.last.after = item;
    this.last = item;
  }

  /** @returns whether it was there; to be called for what stands in no other list */
  delete(item: T): boolean {
    if (!item.isListed) return false;
    const { before, after } = item;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    item.isListed = false;
    item.before = item.after = undefined;
    return true;
  }

  clear(): void {
    for (let item = this.first; item !== undefined; item = this.first) this.delete(item);
  }

  /** One that is being looked at may be deleted meanwhile. */
  *[Symbol.iterator](): Iterator<T> {
    for (let item = this.first; item !== undefined;) {
      const next: T | undefined = item.after;
      yield item;
      item = next;
    }
  }
}
