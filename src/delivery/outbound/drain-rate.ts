/** How far sending may fall behind its rate and catch up at once, milliseconds: timers are no more exact. */
const SLACK = 20;

/** Lets what waited through an outage pass at a rate of its own, so that it does not flood the broker. */
export class DrainRate {
  private nextAt = -Infinity;

  /** @param perSecond events a second; 0 sets no rate */
  constructor(private readonly perSecond: number) {}

  /** When the next event may pass; undefined: now. */
  wait(now: number): number | undefined {
    return this.perSecond === 0 || now >= this.nextAt ? undefined : this.nextAt;
  }

  /** One has passed. */
  took(now: number): void {
    if (this.perSecond > 0) this.nextAt = Math.max(this.nextAt, now - SLACK) + 1000 / this.perSecond;
  }
}
