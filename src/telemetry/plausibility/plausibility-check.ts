import { BOUNDS } from '../../bounds.js';
import { atPointer } from '../../contracts/json/pointer.js';
import { GridwireError } from '../../errors.js';
import type { Json } from '../../event.js';
import { assertRule } from './assert-rule.js';
import { changeVerdict, doubtAfter } from './change.js';
import { type LastValue, LastValues } from './last-values.js';
import type { Implausibility, PlausibilityNote, PlausibilityRule } from './rules.js';
import { isSentinel } from './sentinels.js';

export interface PlausibilityVerdict {
  faults: Implausibility[];
  notes: PlausibilityNote[];
}

/** How many members of how many devices are remembered unless told otherwise. */
const DEFAULT_LIMIT = 100_000;

/** Milliseconds. */
const MAX_FUTURE_SKEW = BOUNDS.aheadMilliseconds;

/**
 * Judges measurements by what came before them, for each key (a device, a meter) apart. A value that is not believed
 * is not remembered as true, so that one wild reading does not make the next sound one look wild; enough of them that
 * go on from each other are a counter that began anew. A late value is judged by itself only and changes nothing.
 */
export class PlausibilityCheck {
  private readonly last: LastValues;

  /** @throws GridwireError `SETTING_INVALID` for a rule that cannot hold */
  constructor(
    private readonly rules: readonly PlausibilityRule[],
    limit = DEFAULT_LIMIT,
  ) {
    assertRules(rules);
    this.last = new LastValues(limit);
  }

  /**
   * @param key what the measurement belongs to, such as a serial number
   * @param time when it was measured, milliseconds since the epoch
   * @param now milliseconds since the epoch
   */
  check(key: string, payload: Json, time: number, now = Date.now()): PlausibilityVerdict {
    const verdict: PlausibilityVerdict = { faults: [], notes: [] };
    for (const rule of this.rules) {
      const value = atPointer(payload, rule.member);
      if (typeof value !== 'number') continue;
      const alone = faultAlone(rule, value) ?? futureFault(rule, time, now);
      if (alone === undefined) this.judge(`${key}\u0000${rule.member}`, rule, { value, time }, verdict);
      else verdict.faults.push(alone);
    }
    return verdict;
  }

  private judge(
    key: string,
    rule: PlausibilityRule,
    reading: { value: number; time: number },
    { faults, notes }: PlausibilityVerdict,
  ): void {
    const before = this.last.get(key);
    if (before === undefined) {
      this.last.set(key, { ...reading, repeats: 1, highest: reading.value });
      return;
    }
    if (reading.time < before.time) return;
    const { fault, restart } = changeVerdict(rule, before, reading);
    let isNewStart = restart === true;
    if (fault !== undefined) {
      const { counter } = rule;
      const after = fault.rule === 'counter' && counter ? doubtAfter(counter, before, reading) : undefined;
      if (after?.restart !== true) {
        faults.push(fault);
        if (after !== undefined) this.last.set(key, { ...before, doubt: after.doubt });
        return;
      }
      isNewStart = true;
    }
    if (isNewStart)
      notes.push({ path: rule.member, note: 'counter-reset', from: before.value, to: reading.value });
    const now = believed(before, reading, isNewStart);
    this.last.set(key, now);
    if (rule.stuck !== undefined && now.repeats >= rule.stuck.count) {
      const found = `${reading.value}, ${now.repeats} times`;
      faults.push({ path: rule.member, rule: 'stuck', expected: 'a value that changes', found });
    }
  }
}

function believed(
  before: LastValue,
  { value, time }: { value: number; time: number },
  isNewStart: boolean,
): LastValue {
  // The same reading delivered twice is no second measurement.
  const again = time === before.time ? 0 : 1;
  return {
    value,
    time,
    repeats: before.value === value ? before.repeats + again : 1,
    highest: isNewStart ? value : Math.max(before.highest, value),
  };
}

/** What is judged by the values before it must not come from the future: it would stay the newest for ever. */
function futureFault(rule: PlausibilityRule, time: number, now: number): Implausibility | undefined {
  const { counter, rate, stuck } = rule;
  const isFollowed = counter !== undefined || rate !== undefined || stuck !== undefined;
  if (!isFollowed || time <= now + MAX_FUTURE_SKEW) return undefined;
  const expected = `a time at most ${MAX_FUTURE_SKEW / 60_000} minutes ahead of this clock`;
  const minutes = Math.round((time - now) / 60_000);
  return { path: rule.member, rule: 'time', expected, found: `one ${minutes} minutes ahead` };
}

function faultAlone(rule: PlausibilityRule, value: number): Implausibility | undefined {
  const path = rule.member;
  const found = String(value);
  if (rule.sentinels !== undefined && isSentinel(value, rule.sentinels)) {
    return { path, rule: 'sentinel', expected: 'a measurement, not the mark for "none"', found };
  }
  const { minimum = -Infinity, maximum = Infinity } = rule.range ?? {};
  if (value >= minimum && value <= maximum) return undefined;
  return { path, rule: 'range', expected: `a value from ${minimum} to ${maximum}`, found };
}

function assertRules(rules: readonly unknown[]): void {
  if (!Array.isArray(rules)) throw new GridwireError('SETTING_INVALID', 'Plausibility rules must be a list.');
  for (const [index, rule] of rules.entries()) assertRule(rule, index);
}
