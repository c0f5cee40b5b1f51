import type { Cancel, Clock } from '../../clock.js';

/** One timer for whoever has many times to wait for: for the earliest of them. One that is void by then does no harm. */
export class Wake {
  private next: { at: number; cancel: Cancel } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly wake: () => void,
  ) {}

  /** Wakes at that time, or before. @param at milliseconds by the clock; Infinity: never */
  atLatest(at: number): void {
    if (at === Infinity || (this.next !== undefined && this.next.at <= at)) return;
    this.next?.cancel();
    const cancel = this.clock.after(Math.max(1, at - this.clock.now()), () => {
      this.next = undefined;
      this.wake();
    });
    this.next = { at, cancel };
  }

  cancel(): void {
    this.next?.cancel();
    this.next = undefined;
  }
}
