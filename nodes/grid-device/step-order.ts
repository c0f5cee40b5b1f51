import { GridwireError } from '../../src/errors.js';

/** A simulation goes on step by step, and may leave some out; so many at once it does not. */
const MOST_AHEAD = 1000;

/** Where a step stands among the ones before it. */
export type StepPlace = 'next' | 'same' | 'over' | 'first again';

/**
 * The steps that devices have taken. A step far ahead of the last one counts only if another goes on from it: believed at
 * once, a single wrong number would make every step after it an old one, and silence the devices for good.
 */
export class StepOrder {
  private last = 0;
  /** A step far ahead that no other has gone on from yet. */
  private doubted: number | undefined;

  /** @throws GridwireError `TIME_INVALID` for what numbers no step, and for a step far ahead that none has led to */
  placeOf(step: number): StepPlace {
    if (!Number.isSafeInteger(step) || step < 0) {
      const text = `Steps are numbered 1, 2, 3, …; ${step} is none. It is ignored.`;
      throw new GridwireError('TIME_INVALID', text, { details: { found: step, last: this.last } });
    }
    if (step === this.last) return 'same';
    if (step < this.last) return step === 1 ? 'first again' : 'over';
    if (step - this.last <= MOST_AHEAD || this.confirms(step)) return 'next';
    this.doubted = step;
    throw new GridwireError(
      'TIME_INVALID',
      `Step ${step} is more than ${MOST_AHEAD} ahead of the last one, ${this.last}. It is ignored; if the simulation has come so far, the next step is followed.`,
      { details: { found: step, last: this.last } },
    );
  }

  /** The devices have moved. */
  taken(step: number): void {
    this.last = step;
    this.doubted = undefined;
  }

  private confirms(step: number): boolean {
    return this.doubted !== undefined && step > this.doubted && step - this.doubted <= MOST_AHEAD;
  }
}
