/** How long a connection must have held before its end counts as a new trouble and not as the same one. */
const STABLE_AFTER = 5_000;

export interface ReconnectBounds {
  /** Shortest delay, milliseconds. */
  minimum: number;
  /** Longest delay, milliseconds. */
  maximum: number;
}

/**
 * Delays between attempts to connect: exponential with full jitter above the minimum, so that a thousand clients do
 * not come back in one second. A link that breaks soon after it came up does not reset the growth (two clients with
 * one id push each other out for ever otherwise).
 */
export class ReconnectDelay {
  #failures = 0;

  constructor(
    private readonly bounds: ReconnectBounds,
    private readonly random: () => number = Math.random,
  ) {}

  /** @param heldFor how long the connection that just ended had been up, milliseconds; 0 if it never was */
  next(heldFor: number): number {
    if (heldFor >= STABLE_AFTER) this.#failures = 0;
    const { minimum, maximum } = this.bounds;
    const ceiling = Math.min(maximum, minimum * 2 ** Math.min(this.#failures + 1, 30));
    this.#failures += 1;
    return Math.round(minimum + this.random() * (ceiling - minimum));
  }
}
