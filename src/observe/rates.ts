import type { Cancel, Clock } from '../clock.js';
import { Recent } from './conditions/recent.js';
import { listen, type Place } from './facts/facts.js';

/** Over how long it is counted, milliseconds. */
const WINDOW = 10_000;
/** So long after the last look nothing is counted any more, milliseconds. */
const IDLE = 30_000;

/** Events a second; undefined until it has been counted for a second. */
export interface Rate {
  in: number | undefined;
  out: number | undefined;
}

/** How much passes each broker now. It counts only while somebody looks. */
export class Rates {
  private readonly counts = new Map<string, { in: Recent; out: Recent }>();
  private unlisten: (() => void) | undefined;
  private began = 0;
  private cancel: Cancel = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** @param broker by its id */
  of(broker: string): Rate {
    this.go();
    const now = this.clock.now();
    // The seconds are kept as wholes: of the first of the window nothing is left.
    const first = Math.floor((now - WINDOW) / 1_000) * 1_000 + 1_000;
    const seconds = (now - Math.max(this.began, first)) / 1_000;
    if (seconds < 1) return { in: undefined, out: undefined };
    const { in: received, out: sent } = this.countsOf(broker);
    return { in: received.sum(now) / seconds, out: sent.sum(now) / seconds };
  }

  /** Ends the counting before it ends by itself. */
  close(): void {
    this.cancel();
    this.unlisten?.();
    this.unlisten = undefined;
    this.counts.clear();
  }

  private go(): void {
    this.cancel();
    this.cancel = this.clock.after(IDLE, () => this.close());
    if (this.unlisten !== undefined) return;
    this.began = this.clock.now();
    const count =
      (way: keyof Rate) =>
      ({ place: { brokerId } }: { place: Place }): void => {
        if (brokerId !== undefined) this.countsOf(brokerId)[way].add(1, this.clock.now());
      };
    this.unlisten = listen({ received: count('in'), sent: count('out') });
  }

  private countsOf(broker: string): { in: Recent; out: Recent } {
    let counts = this.counts.get(broker);
    if (counts === undefined)
      this.counts.set(broker, (counts = { in: new Recent(WINDOW), out: new Recent(WINDOW) }));
    return counts;
  }
}
