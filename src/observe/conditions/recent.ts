/** How many of something there were lately, to the second. */
export class Recent {
  private readonly seconds: { at: number; count: number }[] = [];

  /** @param window how long one counts, milliseconds */
  constructor(private readonly window: number) {}

  add(count: number, now: number): void {
    const at = Math.floor(now / 1_000) * 1_000;
    const last = this.seconds.at(-1);
    if (last?.at === at) last.count += count;
    else this.seconds.push({ at, count });
    this.forget(now);
  }

  sum(now: number): number {
    this.forget(now);
    return this.seconds.reduce((total, { count }) => total + count, 0);
  }

  private forget(now: number): void {
    while (this.seconds[0] !== undefined && this.seconds[0].at <= now - this.window) this.seconds.shift();
  }
}
