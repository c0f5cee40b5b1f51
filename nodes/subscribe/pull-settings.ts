import type { NodeMessage } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import type { Settings } from '../runtime/settings.js';

/** How one request takes messages out of a pull channel. */
export interface PullRequest {
  /** Remove what is sent, or only look at it. */
  clear: boolean;
  /** Most messages to send. */
  limit: number;
  /** How long to wait for a first message, milliseconds. */
  timeout: number;
}

export interface PullSettings extends PullRequest {
  /** One message with a list, or one for each event. */
  form: 'list' | 'each';
  /** How many messages the channel keeps. */
  capacity: number;
}

const BOUNDS = {
  limit: { minimum: 1, maximum: 100_000 },
  timeout: { minimum: 0, maximum: 60_000 },
} as const;

/** Fields `pullAction`, `pullLimit`, `pullTimeout`, `pullForm`, `pullCapacity`. */
export function pullSettings(settings: Settings): PullSettings {
  return {
    clear: settings.choice('pullAction', ['take', 'peek'], 'take') === 'take',
    limit: settings.integer('pullLimit', { ...BOUNDS.limit, otherwise: 1_000 }),
    timeout: settings.integer('pullTimeout', { ...BOUNDS.timeout, otherwise: 0 }),
    form: settings.choice('pullForm', ['list', 'each'], 'list'),
    capacity: settings.integer('pullCapacity', { minimum: 1, maximum: 1_000_000, otherwise: 10_000 }),
  };
}

/**
 * What a message asks for: `msg.clear`, `msg.limit` and `msg.timeout` go before the settings.
 * @throws GridwireError `SETTING_INVALID` naming the property that cannot be meant
 */
export function requestOf(message: NodeMessage, settings: PullRequest): PullRequest {
  const { clear = settings.clear } = message as { clear?: unknown };
  if (typeof clear !== 'boolean') throw refusal('clear', 'true (take) or false (look and leave)', clear);
  return {
    clear,
    limit: number(message, 'limit', settings),
    timeout: number(message, 'timeout', settings),
  };
}

function number(message: NodeMessage, name: keyof typeof BOUNDS, settings: PullRequest): number {
  const value: unknown = (message as Record<string, unknown>)[name] ?? settings[name];
  const { minimum, maximum } = BOUNDS[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw refusal(name, `a whole number from ${minimum} to ${maximum}`, value);
}

function refusal(name: string, expected: string, found: unknown): GridwireError {
  const text = `msg.${name} must be ${expected}; found ${JSON.stringify(found)}.`;
  return new GridwireError('SETTING_INVALID', text, { details: { property: name } });
}
