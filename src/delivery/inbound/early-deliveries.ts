import type { Delivery } from '../../brokers/broker.js';
import type { Cancel, Clock } from '../../clock.js';

/** How long deliveries wait at the start for what the store knows, milliseconds. */
const PATIENCE = 2_000;

/**
 * Deliveries that came before it was known what an earlier process left in the store: their broker may give them the
 * names of messages that wait there.
 */
export class EarlyDeliveries {
  private readonly waiting: Delivery[] = [];
  private readonly cancel: Cancel;

  /** @param take takes those that have waited, in their order */
  constructor(
    clock: Clock,
    private isOver: boolean,
    private readonly take: (delivery: Delivery) => void,
  ) {
    this.cancel = isOver ? () => undefined : clock.after(PATIENCE, () => this.end());
  }

  /** Whether a delivery has to wait; then it is kept. */
  hold(delivery: Delivery): boolean {
    if (this.isOver || (delivery.rename === undefined && this.waiting.length === 0)) return false;
    this.waiting.push(delivery);
    return true;
  }

  /** It is known, or nobody waits for it any longer. */
  end(): void {
    this.isOver = true;
    this.cancel();
    for (const delivery of this.waiting.splice(0)) this.take(delivery);
  }

  /** What waits stays with its broker. */
  forget(): void {
    this.cancel();
    this.waiting.length = 0;
  }
}
