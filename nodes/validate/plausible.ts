import { atPointer } from '../../src/contracts/json/pointer.js';
import { parseTime } from '../../src/contracts/time/timestamp.js';
import { GridwireError } from '../../src/errors.js';
import { listOf } from '../../src/list.js';
import { PlausibilityCheck } from '../../src/telemetry/plausibility/plausibility-check.js';
import { readPlausibilityRules } from '../../src/telemetry/plausibility/read-rules.js';
import type { PlausibilityNote } from '../../src/telemetry/plausibility/rules.js';
import type { GridwireMessage } from '../runtime/messages.js';
import type { Settings } from '../runtime/settings.js';
import type { Checked } from './checker.js';

/** Judges what a checker has found valid. @throws GridwireError `IMPLAUSIBLE` or `TIME_INVALID` */
export type Judge = (checked: Checked, message: GridwireMessage) => PlausibilityNote[];

/** Where a reading says when it was measured, unless the panel names other members. */
const TIME_MEMBERS = 'timestamp, time, ts';

/**
 * Fields `plausibility` (rows of a table) and `timeMember`. A reading is judged by the ones before it, for each event key
 * (or topic) apart, and by its own time: the contract's, else that of the first time member it has, else that of arrival.
 */
export function plausibilitySetting(settings: Settings): Judge | undefined {
  const rules = settings.check('plausibility', () => readPlausibilityRules(settings.rows('plausibility')));
  const check = rules && settings.check('plausibility', () => new PlausibilityCheck(rules));
  const members = listOf(settings.text('timeMember', TIME_MEMBERS)).map((member) =>
    member.startsWith('/') ? member : `/${member}`,
  );
  if (rules === undefined || check === undefined) return undefined;
  if (rules.length === 0) return () => [];
  const isFollowed = rules.some(({ counter, rate, stuck }) => counter ?? rate ?? stuck);
  return (checked, { topic = '' }) => {
    const key = checked.event?.key ?? checked.event?.topic ?? topic;
    const now = Date.now();
    const time = (isFollowed ? timeOf(checked, members) : undefined) ?? now;
    const { faults, notes } = check.check(key, checked.payload, time, now);
    if (faults.length === 0) return notes;
    const reasons = faults.map(
      ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
    );
    throw new GridwireError('IMPLAUSIBLE', `Valid, but not to be believed: ${reasons.join('; ')}.`, {
      details: { violations: faults },
    });
  };
}

function timeOf({ event, payload, zone = 'UTC' }: Checked, members: readonly string[]): number | undefined {
  if (event?.time !== undefined) return event.time;
  for (const member of members) {
    const value = atPointer(payload, member);
    if (value !== undefined && value !== null) return parseTime(value, zone);
  }
  return undefined;
}
