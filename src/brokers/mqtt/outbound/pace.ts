/**
 * How long the broker takes for a message now, so that none with an expiry is put behind others that are not through in
 * time: what is written to a socket cannot be taken back.
 */
export class Pace {
  /** Of the latest acknowledgement, milliseconds. */
  #latest = 0;
  #expiring = 0;

  /**
   * Whether a message with an expiry may be written. One at a time is under way, so that a broker that suddenly slows
   * down has no more than one of them.
   * @param left milliseconds until it expires
   * @param oldest how long the oldest message under way has been under way; undefined if none is
   */
  allows(left: number, oldest: number | undefined): boolean {
    if (oldest === undefined) return true;
    return this.#expiring === 0 && Math.max(this.#latest, oldest) < left;
  }

  /** @param expires whether it has an expiry */
  handed(expires: boolean): void {
    if (expires) this.#expiring += 1;
  }

  /** @param took how long it was under way, milliseconds */
  answered(expires: boolean, took: number): void {
    this.#latest = took;
    if (expires) this.#expiring -= 1;
  }

  reset(): void {
    this.#latest = this.#expiring = 0;
  }
}
