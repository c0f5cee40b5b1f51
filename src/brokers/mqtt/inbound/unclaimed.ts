import type { Cancel, Clock } from '../../../clock.js';
import type { Share } from './held-message.js';

/** How long the messages of a subscription that was closed wait for the next one, milliseconds. */
export const GRACE = 60_000;

interface Waiting {
  readonly share: Share;
  /** The filter whose subscription had it, or undefined where there was none. */
  readonly filter: string | undefined;
  /** The subscriber that it was for, where it has a name. */
  readonly identity: string | undefined;
  /** By the clock that does not jump, each its own. */
  readonly until: number;
}

/**
 * Messages that the broker delivered for a subscription which is not there: after a restart, before the flow has
 * subscribed, or between the two halves of a redeploy. They wait, unacknowledged, and go to the first who asks. Each
 * has a time of its own, so that what comes later gets its whole time of grace, and never prolongs another's.
 */
export class Unclaimed {
  #waiting: Waiting[] = [];
  #cancel: Cancel | undefined;

  /** @param expired told when something has waited for as long as it may; takes it by `takeExpired` */
  constructor(
    private readonly clock: Clock,
    private readonly expired: () => void,
  ) {}

  get length(): number {
    return this.#waiting.length;
  }

  /** The longest waiting one's topic. */
  get oldest(): string | undefined {
    return this.#waiting[0]?.share.held.message.topic;
  }

  add(shares: readonly Share[], until: number, filter?: string, identity?: string): void {
    for (const share of shares) this.#waiting.push({ share, filter, identity, until });
    this.#watch();
  }

  /**
   * Takes out what is for a filter, in arrival order.
   * @param isMine decides about a message that no subscription had
   */
  claim(filter: string, identity: string | undefined, isMine: (share: Share) => boolean): Share[] {
    return this.#take((one) => {
      if (one.filter === undefined) return isMine(one.share);
      return one.filter === filter && (one.identity === undefined || one.identity === identity);
    });
  }

  /** Takes out what a filter's subscription had; nobody comes back to it. */
  takeOf(filter: string): Share[] {
    return this.#take((one) => one.filter === filter);
  }

  takeExpired(now: number): Share[] {
    return this.#take(({ until }) => until <= now);
  }

  clear(): Share[] {
    return this.#take(() => true);
  }

  #take(isTaken: (one: Waiting) => boolean): Share[] {
    const taken = this.#waiting.filter(isTaken);
    this.#waiting = this.#waiting.filter((one) => !isTaken(one));
    this.#watch();
    return taken.map(({ share }) => share);
  }

  #watch(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    let next = Infinity;
    for (const { until } of this.#waiting) next = Math.min(next, until);
    if (next < Infinity) this.#cancel = this.clock.after(next - this.clock.now() + 1, this.expired);
  }
}
