import { LinkedList } from '../../linked-list.js';
import type { Item } from './item.js';

/** A message is slow after so many milliseconds in hand, if at least so many others wait for it. */
const SLOW = [
  { after: 500, others: 1 },
  { after: 100, others: 10 },
];
const SOONEST = Math.min(...SLOW.map(({ after }) => after));
/** Between two looks at one that was not slow yet. */
const LOOK = 50;
/** Bounds of what is kept in the store while it is worked on: what is beyond stays with its broker. */
const KEPT = { count: 1_000, bytes: 64 * 1024 * 1024 };

/**
 * The messages in hand that may hold up others: MQTT wants acknowledgements in the order of arrival, so one message that
 * takes its time keeps the places of all that were settled behind it.
 */
export class SlowOnes {
  /** In order of arrival. */
  private readonly inHand = new LinkedList<Item>();
  private readonly kept = new Map<Item, number>();
  private keptBytes = 0;
  private lookedAt = -Infinity;

  enter(item: Item): void {
    this.inHand.add(item);
  }

  /** Its broker need not wait for it any more, or it is being settled. */
  leave(item: Item): void {
    this.inHand.delete(item);
  }

  get hasRoom(): boolean {
    return this.kept.size < KEPT.count && this.keptBytes < KEPT.bytes;
  }

  keep(item: Item): void {
    const bytes = item.message.body.byteLength;
    this.leave(item);
    this.kept.set(item, bytes);
    this.keptBytes += bytes;
  }

  ended(item: Item): void {
    this.leave(item);
    this.keptBytes -= this.kept.get(item) ?? 0;
    this.kept.delete(item);
  }

  keys(): string[] {
    return [...this.kept.keys()].map(({ key }) => key);
  }

  get next(): number {
    const oldest = this.inHand.first;
    return oldest === undefined ? Infinity : Math.max(oldest.since + SOONEST, this.lookedAt + LOOK);
  }

  /** @param holdsUp how many others wait for one */
  found(now: number, holdsUp: (key: string) => number): Item[] {
    if (now < this.next) return [];
    this.lookedAt = now;
    const found: Item[] = [];
    for (const item of this.inHand) {
      const age = now - item.since;
      if (age < SOONEST) break;
      const waiting = holdsUp(item.key);
      if (SLOW.some(({ after, others }) => age >= after && waiting >= others)) found.push(item);
    }
    return found;
  }
}
