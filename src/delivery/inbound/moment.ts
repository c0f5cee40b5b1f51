import type { Clock } from '../../clock.js';
import type { Time } from './effects.js';

/** The moment of an input. The machine's clock is looked at only for the few messages that name a time of it. */
export class Moment implements Time {
  readonly now: number;

  constructor(private readonly clock: Clock) {
    this.now = clock.now();
  }

  get wall(): number {
    return this.clock.wall();
  }
}
