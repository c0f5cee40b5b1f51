import { liesBeyond } from './beyond.js';
import { countedOverEnd } from './overflow.js';
import type { Doubt, LastValue } from './last-values.js';
import { type CounterRule, DEFAULT_CONFIRM, type Implausibility, type PlausibilityRule } from './rules.js';

export interface ChangeVerdict {
  fault?: Implausibility;
  /** The counter starts anew with this value. */
  restart?: true;
}

/** A reading: a value and its event time, milliseconds since the epoch. */
interface Reading {
  value: number;
  time: number;
}

/** Whether a value can follow the last believed one. */
export function changeVerdict(rule: PlausibilityRule, before: LastValue, reading: Reading): ChangeVerdict {
  const seconds = (reading.time - before.time) / 1000;
  const { value } = reading;
  const found = `${value} after ${before.value}, ${seconds} s earlier`;
  if (rule.counter !== undefined) {
    const verdict = counterVerdict(rule.counter, before, value, seconds);
    if (verdict === 'restart') return { restart: true };
    if (verdict !== undefined) return { fault: { path: rule.member, rule: 'counter', ...verdict, found } };
  }
  const perSecond = rule.rate?.perSecond;
  if (perSecond !== undefined && isFaster(value, before.value, perSecond * seconds)) {
    const expected = `a change of at most ${perSecond} per second`;
    return { fault: { path: rule.member, rule: 'rate', expected, found } };
  }
  return {};
}

/**
 * What a reading that was not believed does to the doubt: it goes on from the ones before it, or begins a new doubt.
 * Enough of them in a row are a counter that began anew, wherever it began: it must not be locked out for ever.
 */
export function doubtAfter(
  rule: CounterRule,
  { doubt }: LastValue,
  { value, time }: Reading,
): { doubt: Doubt; restart: boolean } {
  const goesOn = doubt !== undefined && follows(rule, doubt, { value, time });
  // The same reading delivered twice confirms nothing.
  const repeated = goesOn && doubt.time === time && doubt.value === value;
  const count = repeated ? doubt.count : goesOn ? doubt.count + 1 : 1;
  const first = goesOn ? doubt.first : value;
  return { doubt: { first, value, time, count }, restart: count >= (rule.confirm ?? DEFAULT_CONFIRM) };
}

function follows({ perSecond = Infinity, tolerance = 0 }: CounterRule, from: Doubt, to: Reading): boolean {
  // Each within the tolerance of the one before, and lower in the end: that counts down, and no counter does.
  if (to.value < from.first) return false;
  const seconds = (to.time - from.time) / 1000;
  if (seconds < 0 || liesBeyond(from.value, to.value, tolerance)) return false;
  // No rise is within every rate, also where no time has passed.
  return to.value <= from.value || !liesBeyond(to.value, from.value, perSecond * seconds);
}

function isFaster(value: number, before: number, bound: number): boolean {
  return liesBeyond(Math.max(value, before), Math.min(value, before), bound);
}

function counterVerdict(
  counter: CounterRule,
  { highest }: LastValue,
  to: number,
  seconds: number,
): 'restart' | { expected: string } | undefined {
  const perSecond = counter.perSecond ?? Infinity;
  const canCount = (until: number, from: number): boolean =>
    until <= from || !liesBeyond(until, from, perSecond * seconds);
  if (liesBeyond(highest, to, counter.tolerance ?? 0)) {
    if (counter.resetBelow === undefined) return { expected: 'a counter that only rises' };
    if (to <= counter.resetBelow) return 'restart';
    const counted = countedOverEnd(highest, to);
    if (counted !== undefined && canCount(counted, 0)) return 'restart';
    return { expected: 'a counter that only rises' };
  }
  if (canCount(to, highest)) return undefined;
  return { expected: `a count of at most ${counter.perSecond ?? 0} per second` };
}
