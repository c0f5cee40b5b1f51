/** How far sending may fall behind its rate and catch up at once, milliseconds: timers are no more exact. */
const SLACK = 20;

/** Lets what waited through an outage pass at a rate of its own, so that it does not flood the broker. */
export class DrainRate {
  private nextAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param perSecond events a second; 0 sets no rate
   * @param onReady called when the next event may pass, after one could not
   */
  constructor(
    private readonly perSecond: number,
    private readonly onReady: () => void,
  ) {}

  /** Whether something waits for its turn. */
  get holdsBack(): boolean {
    return this.timer !== undefined;
  }

  /** Whether one more event may pass now; it counts as passed if so. */
  take(): boolean {
    if (this.perSecond === 0) return true;
    const now = performance.now();
    if (now < this.nextAt) {
      this.wake(this.nextAt - now);
      return false;
    }
    this.nextAt = Math.max(this.nextAt, now - SLACK) + 1000 / this.perSecond;
    return true;
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wake(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onReady();
    }, milliseconds);
    this.timer.unref();
  }
}
