import { GridwireError, type ErrorCode } from '../errors.js';

const INTERVAL = 1_000;

/** Counts dropped messages and tells of them at once, then at most once a second, so that a flood stays readable. */
export class DropReport {
  #total = 0;
  #told = 0;
  #last = '';
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param code the stable code under which the drops are told
   * @param sentence what is dropped, why, and what to do
   * @param tell receives the error; its `details.dropped` is the running total, `details.lost` what was not told before
   */
  constructor(
    private readonly code: ErrorCode,
    private readonly sentence: string,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  get total(): number {
    return this.#total;
  }

  add(topic: string): void {
    this.#total += 1;
    this.#last = topic;
    if (this.#pause === undefined) this.#report();
  }

  #report(): void {
    const lost = this.#total - this.#told;
    this.#pause = undefined;
    if (lost === 0) return;
    this.#told = this.#total;
    this.#pause = setTimeout(() => this.#report(), INTERVAL).unref();
    const text = `${this.sentence} ${this.#total} so far, the last on ${this.#last}.`;
    const details = { dropped: this.#total, lost, topic: this.#last };
    this.tell(new GridwireError(this.code, text, { details }));
  }
}
