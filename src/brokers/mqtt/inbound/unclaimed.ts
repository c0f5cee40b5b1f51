import type { Share } from './held-message.js';

/** How long a message of a kept session waits for its subscription to be made (again). */
export const GRACE = 60_000;

/**
 * Messages that the broker delivered for a subscription which is not there: after a restart, before the flow has
 * subscribed, or between the two halves of a redeploy. They wait, unacknowledged, and go to the first who asks.
 */
export class Unclaimed {
  /** Each with the filter whose subscription had it, or undefined where there was none. */
  #waiting: { share: Share; filter: string | undefined }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param expired told when something has waited for the whole time of grace */
  constructor(
    private readonly expired: () => void,
    private readonly grace: number,
  ) {}

  add(shares: readonly Share[], filter?: string): void {
    if (shares.length === 0) return;
    for (const share of shares) this.#waiting.push({ share, filter });
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.expired();
    }, this.grace);
  }

  /**
   * Takes out what is for a filter, in arrival order.
   * @param isMine decides about a message that no subscription had
   */
  claim(filter: string, isMine: (share: Share) => boolean): Share[] {
    const mine = (one: { share: Share; filter: string | undefined }) =>
      one.filter === undefined ? isMine(one.share) : one.filter === filter;
    const claimed = this.#waiting.filter(mine);
    this.#waiting = this.#waiting.filter((one) => !mine(one));
    if (this.#waiting.length === 0) this.clear();
    return claimed.map(({ share }) => share);
  }

  /** Takes out everything. */
  clear(): Share[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = this.#waiting.map(({ share }) => share);
    this.#waiting = [];
    return all;
  }
}
