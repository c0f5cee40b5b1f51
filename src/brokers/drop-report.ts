import { GridwireError, type ErrorCode } from '../errors.js';

const INTERVAL = 1_000;

/** Counts dropped messages and tells of them at once, then at most once a second, so that a flood stays readable. */
export class DropReport {
  #total = 0;
  #reportedAt = -Infinity;

  /**
   * @param code the stable code under which the drops are told
   * @param sentence what is dropped, why, and what to do
   * @param tell receives the error; its `details.dropped` is the running total
   */
  constructor(
    private readonly code: ErrorCode,
    private readonly sentence: string,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  get total(): number {
    return this.#total;
  }

  add(topic: string, now = Date.now()): void {
    this.#total += 1;
    if (now - this.#reportedAt < INTERVAL) return;
    this.#reportedAt = now;
    const message = `${this.sentence} ${this.#total} so far, the last on ${topic}.`;
    this.tell(new GridwireError(this.code, message, { details: { dropped: this.#total, topic } }));
  }
}
