export interface BreakerOptions {
  /** Transient failures in a row that open the circuit. */
  threshold: number;
  /** Milliseconds until the first trial, the factor by which the wait grows, and its limit. */
  delay: number;
  factor: number;
  maximumDelay: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { threshold: 3, delay: 500, factor: 2, maximumDelay: 30_000 };

/**
 * Stops sending to a broker that keeps failing, and lets one message through after a growing wait to see whether it
 * has recovered. It only counts and waits; it never drops anything.
 */
export class CircuitBreaker {
  private failures = 0;
  private trips = 0;
  private timer: NodeJS.Timeout | undefined;
  private trial = false;

  constructor(
    private readonly options: BreakerOptions,
    /** Called when sending may go on. */
    private readonly onRetry: () => void,
  ) {}

  /** `closed`: all may pass; `open`: nothing may; `half-open`: one trial is under way or may start. */
  get state(): 'closed' | 'open' | 'half-open' {
    if (this.timer !== undefined) return 'open';
    return this.trips > 0 ? 'half-open' : 'closed';
  }

  /** Whether one more message may be sent now. */
  allows(): boolean {
    return this.state === 'closed' || (this.state === 'half-open' && !this.trial);
  }

  /** To be called as a message is handed to the broker. */
  started(): void {
    if (this.state === 'half-open') this.trial = true;
  }

  /** The broker answered, be it yes or a definite no. */
  succeeded(): void {
    this.failures = 0;
    this.trips = 0;
    this.trial = false;
  }

  failed(): void {
    this.failures += 1;
    this.trial = false;
    if (this.timer !== undefined || (this.trips === 0 && this.failures < this.options.threshold)) return;
    const wait = Math.min(this.options.delay * this.options.factor ** this.trips, this.options.maximumDelay);
    this.trips += 1;
    // Half of the wait is random, so that many publishers do not come back at once.
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.onRetry();
      },
      wait / 2 + (Math.random() * wait) / 2,
    );
    this.timer.unref();
  }

  /** Forgets everything, for a fresh connection or the end. */
  reset(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.succeeded();
  }
}
