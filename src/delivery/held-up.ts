import type { Delivery } from '../brokers/broker.js';

/** Milliseconds in hand from which a message that others wait for counts as slow. */
const SLOW = 500;
const LOOK = 250;

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
    const before = performance.now() - SLOW;
    for (const [item, since] of this.inHand) {
      if (since > before) return;
      if (item.delivery?.holdsUpOthers() === true) this.found(item);
    }
  }
}
