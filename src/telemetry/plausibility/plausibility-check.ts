import { atPointer } from '../../contracts/json/pointer.js';
import { GridwireError } from '../../errors.js';
import type { Json } from '../../event.js';
import { changeFault } from './change.js';
import { type LastValue, LastValues } from './last-values.js';
import type { Implausibility, PlausibilityNote, PlausibilityRule } from './rules.js';

export interface PlausibilityVerdict {
  faults: Implausibility[];
  notes: PlausibilityNote[];
}

/** How many members of how many devices are remembered unless told otherwise. */
const DEFAULT_LIMIT = 100_000;

/**
 * Judges measurements by what came before them, for each key (a device, a meter) apart. A value that is not believed
 * is not remembered, so that one wild reading does not make the next sound one look wild. A late value is judged by
 * itself only and changes nothing.
 */
export class PlausibilityCheck {
  private readonly last: LastValues;

  /** @throws GridwireError `SETTING_INVALID` for a rule that cannot hold */
  constructor(
    private readonly rules: readonly PlausibilityRule[],
    limit = DEFAULT_LIMIT,
  ) {
    for (const rule of rules) assertRule(rule);
    this.last = new LastValues(limit);
  }

  /**
   * @param key what the measurement belongs to, such as a serial number
   * @param time event time, milliseconds since the epoch
   */
  check(key: string, payload: Json, time: number): PlausibilityVerdict {
    const verdict: PlausibilityVerdict = { faults: [], notes: [] };
    for (const rule of this.rules) {
      const value = atPointer(payload, rule.member);
      if (typeof value === 'number') this.judge(`${key}\u0000${rule.member}`, rule, value, time, verdict);
    }
    return verdict;
  }

  private judge(
    key: string,
    rule: PlausibilityRule,
    value: number,
    time: number,
    { faults, notes }: PlausibilityVerdict,
  ): void {
    const alone = faultAlone(rule, value);
    if (alone !== undefined) {
      faults.push(alone);
      return;
    }
    const before = this.last.get(key);
    if (before !== undefined && time <= before.time) return;
    const change = before === undefined ? {} : changeFault(rule, before, value, time);
    if (change.fault !== undefined) {
      faults.push(change.fault);
      return;
    }
    if (change.note !== undefined) notes.push(change.note);
    const now: LastValue = { value, time, repeats: before?.value === value ? before.repeats + 1 : 1 };
    this.last.set(key, now);
    if (rule.stuck !== undefined && now.repeats >= rule.stuck.count) {
      const found = `${value}, ${now.repeats} times`;
      faults.push({ path: rule.member, rule: 'stuck', expected: 'a value that changes', found });
    }
  }
}

function faultAlone(rule: PlausibilityRule, value: number): Implausibility | undefined {
  const path = rule.member;
  const found = String(value);
  if (rule.sentinels?.includes(value) === true) {
    return { path, rule: 'sentinel', expected: 'a measurement, not the mark for "none"', found };
  }
  const { minimum = -Infinity, maximum = Infinity } = rule.range ?? {};
  if (value >= minimum && value <= maximum) return undefined;
  return { path, rule: 'range', expected: `a value from ${minimum} to ${maximum}`, found };
}

function assertRule(rule: PlausibilityRule): void {
  const { minimum = -Infinity, maximum = Infinity } = rule.range ?? {};
  const faults = [
    rule.member === '' || rule.member.startsWith('/')
      ? ''
      : 'its member must be a JSON pointer such as /voltage',
    minimum <= maximum ? '' : 'its minimum is above its maximum',
    (rule.rate?.perSecond ?? 1) > 0 ? '' : 'its rate must be above zero',
    (rule.counter?.perSecond ?? 1) > 0 ? '' : "its counter's rate must be above zero",
    Number.isInteger(rule.stuck?.count ?? 2) && (rule.stuck?.count ?? 2) >= 2
      ? ''
      : 'stuck needs a count of two or more',
  ].filter((fault) => fault !== '');
  if (faults.length === 0) return;
  throw new GridwireError(
    'SETTING_INVALID',
    `The rule for "${rule.member}" cannot hold: ${faults.join('; ')}.`,
  );
}
