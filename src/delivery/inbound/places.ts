import { PassingMap } from '../../passing-map.js';
import type { Item } from './item.js';

/** Messages of the store that are tried again at one time: bad ones must not crowd out the good. */
export const AT_ONCE = 10;

/** The places of those that were read from the store, and those that wait for one, in the order in which they were due. */
export class Places {
  private readonly waiting = new PassingMap<string, Item>();
  private taken = 0;

  /** Whether more may be read. */
  get isFree(): boolean {
    return this.waiting.size === 0 && this.taken < AT_ONCE;
  }

  enter(item: Item): void {
    this.waiting.set(item.key, item);
  }

  /** Takes a place for the next one; undefined where there is none, or nobody waits. */
  next(): Item | undefined {
    const { oldest } = this.waiting;
    if (oldest === undefined || this.taken >= AT_ONCE) return undefined;
    const item = this.waiting.get(oldest);
    this.waiting.delete(oldest);
    this.taken += 1;
    return item;
  }

  /** It is out of hand, whether it had a place or not. */
  left(item: Item): void {
    if (!this.waiting.delete(item.key)) this.taken -= 1;
  }
}
