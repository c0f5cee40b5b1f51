import type { LastValue } from './last-values.js';
import type { CounterRule, Implausibility, PlausibilityNote, PlausibilityRule } from './rules.js';

export interface ChangeVerdict {
  fault?: Implausibility;
  note?: PlausibilityNote;
}

/** Whether a value can follow the last believed one. */
export function changeFault(
  rule: PlausibilityRule,
  before: LastValue,
  value: number,
  time: number,
): ChangeVerdict {
  const seconds = (time - before.time) / 1000;
  const change = value - before.value;
  const found = `${value} after ${before.value}, ${seconds} s earlier`;
  if (rule.counter !== undefined) {
    const verdict = counterChange(rule.member, rule.counter, before.value, value, seconds, found);
    if (verdict !== undefined) return verdict;
  }
  const perSecond = rule.rate?.perSecond;
  if (perSecond !== undefined && Math.abs(change) > perSecond * seconds) {
    const expected = `a change of at most ${perSecond} per second`;
    return { fault: { path: rule.member, rule: 'rate', expected, found } };
  }
  return {};
}

function counterChange(
  path: string,
  counter: CounterRule,
  from: number,
  to: number,
  seconds: number,
  found: string,
): ChangeVerdict | undefined {
  if (to < from && from - to > (counter.tolerance ?? 0)) {
    if (counter.resetBelow !== undefined && to <= counter.resetBelow) {
      return { note: { path, note: 'counter-reset', from, to } };
    }
    return { fault: { path, rule: 'counter', expected: 'a counter that only rises', found } };
  }
  if (counter.perSecond !== undefined && to - from > counter.perSecond * seconds) {
    const expected = `a count of at most ${counter.perSecond} per second`;
    return { fault: { path, rule: 'counter', expected, found } };
  }
  return undefined;
}
