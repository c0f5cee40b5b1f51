import { ERROR_CODES, type ErrorCode, GridwireError } from '../../src/errors.js';
import { wholeNumber as writtenNumber } from '../../src/written.js';
import type { DeadLetterQuery, DeadLetterState } from '../../src/store/dead-letter-store.js';

/** Reading what a request asks for: everything bounded, everything checked. */
export type Asked = Record<string, unknown>;

const STATES: readonly DeadLetterState[] = ['waiting', 'recovering', 'recovered', 'discarded'];
const MAX_TEXT = 1_000;
/** Letters or messages that one request may name. */
const MAX_IDS = 500;

export const LETTER_FILTER = ['topicFilter', 'code', 'state', 'from', 'to', 'text', 'reason'] as const;

/** @throws GridwireError `SETTING_INVALID` for a member that is not one of the names */
export function assertMembers(asked: Asked, names: readonly string[]): void {
  const unknown = Object.keys(asked).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 50)));
  throw new GridwireError(
    'SETTING_INVALID',
    `${shown.join(', ')} mean nothing here; known are ${names.length === 0 ? 'none' : names.join(', ')}.`,
  );
}

/** Which letters a request selects. @throws GridwireError `SETTING_INVALID` */
export function letterQuery(asked: Asked): DeadLetterQuery {
  const topicFilter = text(asked, 'topicFilter');
  const code = text(asked, 'code');
  const state = text(asked, 'state');
  const from = wholeNumber(asked, 'from');
  const to = wholeNumber(asked, 'to');
  const words = text(asked, 'text');
  const reason = text(asked, 'reason', 2_000);
  return {
    ...(words === undefined ? {} : { text: words }),
    ...(reason === undefined ? {} : { reason }),
    ...(topicFilter === undefined ? {} : { topicFilter }),
    ...(code === undefined ? {} : { codes: [known(code, ERROR_CODES, 'code')] as ErrorCode[] }),
    ...(state === undefined ? {} : { states: [known(state, STATES, 'state')] }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** A text that is not empty; undefined where there is none. @throws GridwireError `SETTING_INVALID` */
export function text(asked: Asked, name: string, longest = MAX_TEXT): string | undefined {
  const value = asked[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= longest) return value;
  throw unusable(name, `a text of at most ${longest} characters`);
}

/** A whole number from 0 on, also as a query string has it. @throws GridwireError `SETTING_INVALID` */
export function wholeNumber(asked: Asked, name: string): number | undefined {
  const value = asked[name];
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' ? writtenNumber(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw unusable(name, 'a whole number');
}

/** The ids that a request names. @throws GridwireError `SETTING_INVALID` */
export function idList(asked: Asked): number[] | undefined {
  const value = asked['ids'];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length <= MAX_IDS && value.every((id) => Number.isSafeInteger(id)))
    return value as number[];
  throw unusable('ids', `a list of at most ${MAX_IDS} whole numbers`);
}

function known<Value extends string>(value: string, values: readonly Value[], name: string): Value {
  const found = values.find((each) => each === value);
  if (found !== undefined) return found;
  throw unusable(name, `one of ${values.join(', ')}`);
}

export function unusable(name: string, what: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `"${name}" must be ${what}.`);
}

/** A list of names. @throws GridwireError `SETTING_INVALID` */
export function nameList(asked: Asked, name: string): string[] {
  const value = asked[name] ?? [];
  const isNames =
    Array.isArray(value) && value.length <= MAX_IDS && value.every((each) => typeof each === 'string');
  if (isNames) return value;
  throw unusable(name, `a list of at most ${MAX_IDS} texts`);
}
