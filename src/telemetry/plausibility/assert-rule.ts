import { inspect } from 'node:util';
import { GridwireError } from '../../errors.js';
import type { PlausibilityRule } from './rules.js';

type Members = Record<string, unknown>;
/** Says what a value must be, if it is not that. */
type Check = (value: unknown) => string | undefined;

const NUMBER: Check = (value) =>
  typeof value === 'number' && !Number.isNaN(value) ? undefined : 'must be a number';
const ABOVE_ZERO: Check = (value) =>
  NUMBER(value) ?? ((value as number) > 0 ? undefined : 'must be above zero');
const NOT_BELOW_ZERO: Check = (value) =>
  NUMBER(value) ?? ((value as number) >= 0 ? undefined : 'must not be below zero');
const NUMBERS: Check = (value) =>
  Array.isArray(value) && value.every((each) => NUMBER(each) === undefined)
    ? undefined
    : 'must be a list of numbers';
const POINTER: Check = (value) =>
  typeof value === 'string' && (value === '' || value.startsWith('/'))
    ? undefined
    : 'must be a JSON pointer such as /voltage';

const wholeFrom =
  (least: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least
      ? undefined
      : `must be a whole number of ${least} or more`;

/** The parts of a rule that have members of their own, and those that such a part cannot be without. */
const PARTS: Record<string, { members: Record<string, Check>; needs: readonly string[] }> = {
  range: { members: { minimum: NUMBER, maximum: NUMBER }, needs: [] },
  rate: { members: { perSecond: ABOVE_ZERO }, needs: ['perSecond'] },
  counter: {
    members: { resetBelow: NUMBER, perSecond: ABOVE_ZERO, tolerance: NOT_BELOW_ZERO, confirm: wholeFrom(1) },
    needs: [],
  },
  stuck: { members: { count: wholeFrom(2) }, needs: ['count'] },
};
const OWN: Record<string, Check> = { member: POINTER, sentinels: NUMBERS };

/**
 * Refuses a rule that cannot hold, whatever program it comes from.
 * @param index which of the list it is, from 0
 * @throws GridwireError `SETTING_INVALID`, naming the rule and each member of it that is wrong
 */
export function assertRule(rule: unknown, index: number): asserts rule is PlausibilityRule {
  const faults = isMembers(rule) ? faultsOf(rule) : ['it must be an object'];
  if (faults.length === 0) return;
  const member = isMembers(rule) && typeof rule['member'] === 'string' ? ` for "${rule['member']}"` : '';
  throw new GridwireError(
    'SETTING_INVALID',
    `The plausibility rule ${index + 1}${member} cannot hold: ${faults.join('; ')}.`,
    { details: { rule: index + 1, faults } },
  );
}

function faultsOf(rule: Members): string[] {
  const faults = rule['member'] === undefined ? ['"member" is missing'] : [];
  for (const [name, value] of Object.entries(rule)) {
    if (value === undefined) continue;
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (part !== undefined) faults.push(...faultsOfPart(name, value, part));
    else faults.push(...fault(name, value, Object.hasOwn(OWN, name) ? OWN[name] : undefined));
  }
  const { minimum, maximum } = isMembers(rule['range']) ? rule['range'] : {};
  if (typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum)
    faults.push('its minimum is above its maximum');
  return faults;
}

function faultsOfPart(name: string, value: unknown, { members, needs }: (typeof PARTS)[string]): string[] {
  if (!isMembers(value)) return [`"${name}" must be an object, and is ${shown(value)}`];
  const missing = needs.filter((need) => value[need] === undefined);
  return [
    ...missing.map((need) => `"${name}.${need}" is missing`),
    ...Object.entries(value).flatMap(([inner, innerValue]) =>
      innerValue === undefined
        ? []
        : fault(`${name}.${inner}`, innerValue, Object.hasOwn(members, inner) ? members[inner] : undefined),
    ),
  ];
}

function fault(name: string, value: unknown, check: Check | undefined): string[] {
  if (check === undefined) return [`"${name}" is none of its members`];
  const wrong = check(value);
  return wrong === undefined ? [] : [`"${name}" ${wrong}, and is ${shown(value)}`];
}

function isMembers(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity }).slice(0, 80);
}
