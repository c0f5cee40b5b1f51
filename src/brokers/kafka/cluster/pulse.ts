import { type Cancel, type Clock, systemClock } from '../../../clock.js';
import { own } from '../../../own.js';
import { Silence } from '../../../silence.js';

/** Between an answer and the next question, milliseconds. */
const EVERY = 2_000;

/**
 * Asks a cluster that is connected a small question again and again, and knows for how long there has been no answer: one
 * that hangs keeps its connections, and the client waits for what it has asked. Whoever wants the connection ended decides
 * by other means; this only knows.
 */
export class Pulse {
  private cancel: Cancel = () => undefined;
  private readonly silence: Silence;
  /** Counts the connections: an answer to an earlier one says nothing. */
  private run = 0;

  constructor(private readonly clock: Clock = systemClock) {
    this.silence = new Silence(clock);
  }

  /** For how long it has not answered, milliseconds; undefined where nothing is asked. */
  get silentFor(): number | undefined {
    return this.silence.lasts;
  }

  /** @param ask may reject: that is no answer either */
  start(ask: () => Promise<unknown>): void {
    this.stop();
    this.later(ask, this.run);
  }

  stop(): void {
    this.cancel();
    this.silence.end();
    this.run += 1;
  }

  private later(ask: () => Promise<unknown>, run: number): void {
    this.cancel = this.clock.after(EVERY, () => own(this.beat(ask, run), () => undefined));
  }

  private async beat(ask: () => Promise<unknown>, run: number): Promise<void> {
    if (this.silence.lasts === undefined) this.silence.begin();
    const isAnswered = await ask().then(
      () => true,
      () => false,
    );
    if (run !== this.run) return;
    if (isAnswered) this.silence.end();
    this.later(ask, run);
  }
}
