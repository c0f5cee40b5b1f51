/**
 * Notices devices that have fallen silent, whatever the reason: a reading is overdue when none came for three of the
 * device's intervals.
 */
export class Staleness {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #onStale: (address: string) => void;

  constructor(onStale: (address: string) => void) {
    this.#onStale = onStale;
  }

  /** Starts the clock for a device anew. */
  heard(address: string, intervalMs: number): void {
    clearTimeout(this.#timers.get(address));
    const timer = setTimeout(
      () => this.#onStale(address),
      Math.min(intervalMs * INTERVALS, LONGEST_TIMER_MS),
    );
    timer.unref();
    this.#timers.set(address, timer);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

const INTERVALS = 3;
/** setTimeout's own limit, 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;
