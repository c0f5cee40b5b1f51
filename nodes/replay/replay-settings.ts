import { parseTime } from '../../src/contracts/time/timestamp.js';
import { GridwireError, errorText } from '../../src/errors.js';
import { listOf } from '../../src/list.js';
import type { ReplayPace } from '../../src/delivery/history/replay-plan.js';
import type { Settings } from '../runtime/settings.js';

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
  const speed = Number(settings.text('speed', '1'));
  if (!(speed > 0) || !Number.isFinite(speed)) settings.fault('speed', 'must be a number above 0.');
  return {
    topicFilter: settings.text('topicFilter'),
    kinds: listOf(settings.text('kinds')),
    types: listOf(settings.text('types')),
    codes: listOf(settings.text('codes')),
    age: MINUTE * settings.integer('minutes', { minimum: 0, maximum: 52_560_000, otherwise: 0 }),
    pace: paceOf(pace, speed),
    prefix: settings.flag('originalTopics', false) ? '' : settings.text('prefix', 'replay/'),
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

/** @throws GridwireError `SETTING_INVALID` naming the member that cannot be used */
export function selectionOf(payload: unknown, settings: ReplaySettings, now: number): Selection {
  const asked = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
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

function textOf(asked: Record<string, unknown>, name: string): string | undefined {
  const value = asked[name];
  if (value === undefined || typeof value === 'string') return value;
  throw unusable(name, 'a text');
}

function namesOf(asked: Record<string, unknown>, name: string): string[] | undefined {
  const value = asked[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw unusable(name, 'a list of texts');
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

function unusable(name: string, what: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `msg.payload.${name} must be ${what}.`);
}
