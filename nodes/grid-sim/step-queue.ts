import { GridwireError } from '../../src/errors.js';

/** Steps that may wait; a clock or a loop that is faster than the simulation must not fill the memory. */
const MAXIMUM_WAITING = 1000;

/** Runs one step after the other, in the order in which they were asked for. */
export class StepQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  get busy(): boolean {
    return this.waiting > 0;
  }

  /** @throws GridwireError OUTBOX_FULL when too many wait */
  run<T>(step: () => Promise<T> | T): Promise<T> {
    if (this.waiting >= MAXIMUM_WAITING) {
      const text = `${MAXIMUM_WAITING} steps are waiting already; send the next one when a step has ended.`;
      return Promise.reject(new GridwireError('OUTBOX_FULL', text));
    }
    this.waiting += 1;
    const result = this.last.then(step);
    this.last = result.then(
      () => (this.waiting -= 1),
      () => (this.waiting -= 1),
    );
    return result;
  }
}
