export { COMMON_SENTINELS } from './sentinels.js';

/**
 * Checks that a schema cannot make: whether a value that is well-formed can be true. Each rule watches one member of
 * the payload; all limits are in the member's own unit.
 */
export interface PlausibilityRule {
  /** JSON pointer into the payload. */
  member: string;
  /** Physically possible values, both ends included. */
  range?: { minimum?: number; maximum?: number };
  /** Largest change, up or down, per second. */
  rate?: { perSecond: number };
  /** A meter that only counts up. */
  counter?: CounterRule;
  /** Values that a device sends instead of a measurement, such as 0x8000. */
  sentinels?: readonly number[];
  /** The same value this many times in a row means that the sensor hangs. */
  stuck?: { count: number };
}

export interface CounterRule {
  /**
   * A fall to at most this is a new start at once, and so is an overflow of a 16- or 32-bit register. Absent: a fall is
   * never believed at once.
   */
  resetBelow?: number;
  /** Largest count per second. */
  perSecond?: number;
  /** A fall of at most this below the highest value is noise in the last digit, and counts as no change. */
  tolerance?: number;
  /** So many readings in a row that go on from each other are a new start, wherever it is; three unless given. */
  confirm?: number;
}

/** Two could be one glitch that a gateway repeats. */
export const DEFAULT_CONFIRM = 3;

/** Why a value is not believed, in words for an operator. */
export interface Implausibility {
  path: string;
  rule: 'range' | 'rate' | 'counter' | 'sentinel' | 'stuck' | 'time';
  expected: string;
  found: string;
}

/** Something that is plausible and yet worth knowing: a counter that starts again. */
export interface PlausibilityNote {
  path: string;
  note: 'counter-reset';
  from: number;
  to: number;
}
