import type { Cancel, Clock } from './clock.js';

/** How often it is looked whether this process gets its turn, milliseconds. */
const EVERY = 500;
/** So much of a turn counts at most, milliseconds: in a longer one nobody could have read an answer. */
const MOST = 2 * EVERY;

/**
 * For how long an answer has been awaited. Only time in which this process got its turn counts: while something else holds
 * the event loop, or the machine stops the process, answers lie unread, and the other side is not to blame: a broker, or a database.
 */
export class Silence {
  private cancel: Cancel = () => undefined;
  private counted = 0;
  private turnedAt: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** Milliseconds; undefined where no answer is awaited. */
  get lasts(): number | undefined {
    return this.turnedAt === undefined ? undefined : this.counted + this.sinceTurn(this.turnedAt);
  }

  /** Begins anew. */
  begin(): void {
    this.end();
    this.turn();
  }

  end(): void {
    this.cancel();
    this.turnedAt = undefined;
    this.counted = 0;
  }

  private turn(): void {
    if (this.turnedAt !== undefined) this.counted += this.sinceTurn(this.turnedAt);
    this.turnedAt = this.clock.now();
    this.cancel = this.clock.after(EVERY, () => this.turn());
  }

  private sinceTurn(turnedAt: number): number {
    return Math.min(this.clock.now() - turnedAt, MOST);
  }
}
