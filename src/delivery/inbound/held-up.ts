import type { Delivery } from '../../brokers/broker.js';

/** A message is slow after so many milliseconds in hand, if at least so many others wait for it. */
const SLOW = [
  { after: 500, others: 1 },
  { after: 100, others: 10 },
];
const SOONEST = Math.min(...SLOW.map(({ after }) => after));
const LOOK = 50;

/**
 * Finds the messages in hand that are slow and hold up others: MQTT wants acknowledgements in the order of arrival, so
 * one message that takes its time keeps the places of all that were settled behind it.
 */
export class HeldUp<Item extends { delivery?: Delivery }> {
  /** In order of arrival, with the time of it (`performance.now`). */
  private readonly inHand = new Map<Item, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param found called for such an item each time it is looked for, until it leaves */
  constructor(private readonly found: (item: Item) => void) {}

  enter(item: Item): void {
    this.inHand.set(item, performance.now());
    this.timer ??= setInterval(() => this.look(), LOOK).unref();
  }

  leave(item: Item): void {
    this.inHand.delete(item);
  }

  close(): void {
    clearInterval(this.timer);
    this.inHand.clear();
  }

  private look(): void {
    if (this.inHand.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    const now = performance.now();
    for (const [item, since] of this.inHand) {
      if (now - since < SOONEST) return;
      const waiting = item.delivery?.holdsUp() ?? 0;
      if (SLOW.some(({ after, others }) => now - since >= after && waiting >= others)) this.found(item);
    }
  }
}
