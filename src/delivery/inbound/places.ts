import type { Item } from './item.js';

/** Messages of the store that are tried again at one time: bad ones must not crowd out the good. */
export const AT_ONCE = 10;

/** The places of those that were read from the store, and those that wait for one, in the order in which they were due. */
export class Places {
  private readonly waiting = new Set<Item>();
  private taken = 0;

  /** Whether more may be read. */
  get isFree(): boolean {
    return this.waiting.size === 0 && this.taken < AT_ONCE;
  }

  enter(item: Item): void {
    this.waiting.add(item);
  }

  /** Takes a place for the next one; undefined where there is none, or nobody waits. */
  next(): Item | undefined {
    const [first] = this.waiting;
    if (first === undefined || this.taken >= AT_ONCE) return undefined;
    this.waiting.delete(first);
    this.taken += 1;
    return first;
  }

  /** It is out of hand, whether it had a place or not. */
  left(item: Item): void {
    if (!this.waiting.delete(item)) this.taken -= 1;
  }
}
