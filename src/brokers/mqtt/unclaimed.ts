import { GridwireError } from '../../errors.js';
import type { Share } from './held-message.js';

/** How long a message of a kept session waits for its subscription to be made (again). */
const GRACE = 60_000;

/**
 * Messages that the broker delivered for a subscription which is not there: after a restart, before the flow has
 * subscribed, or between the two halves of a redeploy. They wait, unacknowledged, and go to the first who asks.
 */
export class Unclaimed {
  #shares: Share[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param expired told after the messages of filters that nobody came back for were given up */
  constructor(private readonly expired: (problem: GridwireError) => void) {}

  add(shares: readonly Share[]): void {
    if (shares.length === 0) return;
    this.#shares.push(...shares);
    this.#timer ??= setTimeout(() => this.#giveUp(), GRACE);
  }

  /** Takes out what the test selects, in arrival order. */
  claim(isMine: (share: Share) => boolean): Share[] {
    const mine = this.#shares.filter(isMine);
    if (mine.length > 0) this.#shares = this.#shares.filter((share) => !mine.includes(share));
    if (this.#shares.length === 0) this.clear();
    return mine;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shares = [];
  }

  #giveUp(): void {
    const shares = this.#shares;
    this.clear();
    const topic = shares[0]?.held.message.topic ?? '';
    const text = `${shares.length} messages that the broker had kept were dropped, the first on ${topic}: no subscription asked for them within ${GRACE / 1000} s. If that is not wanted, subscribe to them or give this client another id.`;
    for (const share of shares) share.settle('nack');
    this.expired(new GridwireError('TOPIC_UNKNOWN', text, { details: { dropped: shares.length, topic } }));
  }
}
