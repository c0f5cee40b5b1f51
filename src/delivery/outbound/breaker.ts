export interface BreakerOptions {
  /** Transient failures in a row that open the circuit. */
  threshold: number;
  /** Milliseconds until the first trial, the factor by which the wait grows, and its limit. */
  delay: number;
  factor: number;
  maximumDelay: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { threshold: 3, delay: 500, factor: 2, maximumDelay: 30_000 };

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Stops sending to a broker that keeps failing, and lets one message through after a growing wait to see whether it
 * has recovered. It only counts: times come in, and it drops nothing.
 */
export class Breaker {
  private failures = 0;
  private trips = 0;
  private trial = false;
  /** When the next trial may start. */
  private retryAt = -Infinity;

  /** @param random 0 to 1, for waits that do not end at once for all publishers */
  constructor(
    private readonly options: BreakerOptions,
    private readonly random: () => number,
  ) {}

  /** When the next trial may start; undefined while nothing waits for that. */
  wait(now: number): number | undefined {
    return now < this.retryAt ? this.retryAt : undefined;
  }

  /** `closed`: all may pass; `open`: nothing may; `half-open`: one trial is under way or may start. */
  state(now: number): BreakerState {
    if (this.trips === 0) return 'closed';
    return now < this.retryAt ? 'open' : 'half-open';
  }

  /** Whether one more message may be sent now. */
  allows(now: number): boolean {
    return this.trips === 0 || (this.state(now) === 'half-open' && !this.trial);
  }

  /** A message was handed to the broker. */
  started(): void {
    if (this.trips > 0) this.trial = true;
  }

  /** The broker answered, be it yes or a definite no; or a fresh connection makes the past void. */
  succeeded(): void {
    this.failures = 0;
    this.trips = 0;
    this.trial = false;
    this.retryAt = -Infinity;
  }

  failed(now: number): void {
    this.failures += 1;
    this.trial = false;
    if (this.state(now) === 'open' || (this.trips === 0 && this.failures < this.options.threshold)) return;
    const wait = Math.min(this.options.delay * this.options.factor ** this.trips, this.options.maximumDelay);
    this.trips += 1;
    this.retryAt = now + wait / 2 + (this.random() * wait) / 2;
  }
}
