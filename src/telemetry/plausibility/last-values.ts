import { PassingMap } from '../../passing-map.js';

/** What is remembered of a member. */
export interface LastValue {
  /** The last believed value. */
  value: number;
  /** Its event time, milliseconds since the epoch. */
  time: number;
  /** How many times in a row this value came, itself included. */
  repeats: number;
  /** The highest believed value since the counter began, from which a tolerance counts. */
  highest: number;
  /** Values that were not believed and may turn out to be a new start. */
  doubt?: Doubt;
}

/** Readings in a row that contradict what is believed and go on from each other. */
export interface Doubt {
  /** The first of them. */
  first: number;
  value: number;
  time: number;
  count: number;
}

/** The last values of the most recently seen keys; the longest unseen are forgotten first. */
export class LastValues {
  private readonly values = new PassingMap<string, LastValue>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.values.size;
  }

  get(key: string): LastValue | undefined {
    return this.values.get(key);
  }

  set(key: string, value: LastValue): void {
    this.values.renew(key, value);
    this.values.keepTo(this.limit);
  }
}
