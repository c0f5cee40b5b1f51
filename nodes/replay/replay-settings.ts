import { parseTime } from '../../src/contracts/time/timestamp.js';
import { GridwireError, errorText } from '../../src/errors.js';
import { listOf } from '../../src/list.js';
import type { ReplayPace } from '../../src/delivery/history/replay-plan.js';
import { decimalNumber } from '../../src/written.js';
import { topicSetting } from '../fields/topic-setting.js';
import type { Settings } from '../runtime/settings.js';

/** Most types, kinds or codes that a message may name. */
const MOST_NAMES = 1_000;

/** What the panel says; a message's payload may replace any of it. */
export interface ReplaySettings {
  topicFilter: string;
  kinds: string[];
  types: string[];
  codes: string[];
  /** Only what is at most this old, milliseconds; 0 is everything. */
  age: number;
  pace: ReplayPace;
  prefix: string;
  commands: string[];
  attempts: number;
  patch: string;
}

const MINUTE = 60_000;

export function replaySettings(settings: Settings): ReplaySettings {
  const pace = settings.choice('pace', ['original', 'rate', 'unlimited'], 'original');
  const speed = decimalNumber(settings.text('speed', '1')) ?? 0;
  if (speed <= 0) settings.fault('speed', 'must be a number above 0.');
  return {
    topicFilter: settings.text('topicFilter'),
    kinds: listOf(settings.text('kinds')),
    types: listOf(settings.text('types')),
    codes: listOf(settings.text('codes')),
    age: MINUTE * settings.integer('minutes', { minimum: 0, maximum: 52_560_000, otherwise: 0 }),
    pace: paceOf(pace, speed),
    prefix: settings.flag('originalTopics', false) ? '' : topicSetting(settings, 'prefix', 'replay/'),
    commands: listOf(settings.text('commands')),
    attempts: settings.integer('attempts', { minimum: 1, maximum: 1_000, otherwise: 3 }),
    patch: settings.text('patch'),
  };
}

function paceOf(kind: ReplayPace['kind'], speed: number): ReplayPace {
  if (kind === 'original') return { kind, factor: speed };
  return kind === 'rate' ? { kind, perSecond: speed } : { kind };
}

/** What a message selects. Members of its payload replace the panel's. */
export interface Selection {
  topicFilter?: string;
  kinds?: string[];
  types?: string[];
  codes?: string[];
  from?: number;
  to?: number;
}

/** What a message may say of the events that it wants, and of the dead letters. */
export const EVENT_MEMBERS: readonly (keyof Selection)[] = ['topicFilter', 'kinds', 'types', 'from', 'to'];
export const LETTER_MEMBERS: readonly (keyof Selection)[] = ['topicFilter', 'codes', 'from', 'to'];

/**
 * @param members those that mean something for what is sent again
 * @throws GridwireError `SETTING_INVALID` naming the member that cannot be used
 */
export function selectionOf(
  payload: unknown,
  settings: ReplaySettings,
  now: number,
  members: readonly (keyof Selection)[],
): Selection {
  const asked = askedOf(payload, members);
  const topicFilter = textOf(asked, 'topicFilter') ?? settings.topicFilter;
  const kinds = namesOf(asked, 'kinds') ?? settings.kinds;
  const types = namesOf(asked, 'types') ?? settings.types;
  const codes = namesOf(asked, 'codes') ?? settings.codes;
  const from = momentOf(asked, 'from') ?? (settings.age > 0 ? now - settings.age : undefined);
  const to = momentOf(asked, 'to');
  return {
    ...(topicFilter === '' ? {} : { topicFilter }),
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(types.length === 0 ? {} : { types }),
    ...(codes.length === 0 ? {} : { codes }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/**
 * What a message asks for. Whatever else starts a replay, a time or a button's text, asks for nothing; a member that is
 * not known is refused, because without it far more would be replayed.
 */
function askedOf(payload: unknown, members: readonly string[]): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null) return {};
  const unknown = Object.keys(payload).find((name) => !members.includes(name));
  if (unknown === undefined && !Array.isArray(payload)) return payload as Record<string, unknown>;
  const what = Array.isArray(payload) ? 'a list' : `an object with "${String(unknown).slice(0, 80)}"`;
  throw new GridwireError(
    'SETTING_INVALID',
    `msg.payload is ${what}, which selects nothing here; it may have ${members.join(', ')}.`,
  );
}

function textOf(asked: Record<string, unknown>, name: string): string | undefined {
  const value = asked[name];
  if (value === undefined || isName(value)) return value;
  throw unusable(name, 'a text that is not empty; # selects all');
}

function namesOf(asked: Record<string, unknown>, name: string): string[] | undefined {
  const value = asked[name];
  if (value === undefined) return undefined;
  // A list of a flow may name a length that nobody can walk along.
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MOST_NAMES;
  const isNames = isList && value.every(isName);
  if (isNames) return value;
  throw unusable(name, `a list of one to ${MOST_NAMES} texts; leave it out for what the panel says`);
}

/** A moment as every reader of Gridwire takes it; without a zone it is UTC, as all that is kept. */
function momentOf(asked: Record<string, unknown>, name: string): number | undefined {
  const value = asked[name];
  if (value === undefined) return undefined;
  try {
    return parseTime(value, 'UTC');
  } catch (cause) {
    const text = `msg.payload.${name} cannot be used: ${errorText(cause)}`;
    throw new GridwireError('SETTING_INVALID', text, { cause });
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function unusable(name: string, what: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `msg.payload.${name} must be ${what}.`);
}
