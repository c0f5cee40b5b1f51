import { GridwireError } from '../../errors.js';
import type { JsonObject, WireMessage } from '../../event.js';
import type { MirrorQuery, MirrorRecord } from '../../store/mirror-store.js';
import type { CommandTest } from './command-test.js';

/** How fast: as it happened, by a factor of that, at a rate, or as fast as it goes. */
export type ReplayPace =
  { kind: 'original'; factor: number } | { kind: 'rate'; perSecond: number } | { kind: 'unlimited' };

export interface ReplayPlan {
  /** Names the replay: after a crash, one with the same name and settings goes on where it was. */
  name: string;
  query: MirrorQuery;
  pace: ReplayPace;
  /** Put before every topic; default `replay/`. An empty one replays to the original topics. */
  prefix?: string;
  /** Command types that may be replayed although they make things happen. */
  commands?: readonly string[];
}

/** The header that marks a replayed event: the replay's name and the event's id in the mirror. */
export const REPLAY_MARK = 'gridwire-replay';

export const DEFAULT_PREFIX = 'replay/';

/** @throws GridwireError `SETTING_INVALID`; `REPLAY_REFUSED` when command types are selected but not named */
export function checkPlan(plan: ReplayPlan, isCommand: CommandTest): void {
  const { pace } = plan;
  const speed = pace.kind === 'original' ? pace.factor : pace.kind === 'rate' ? pace.perSecond : 1;
  if (!(speed > 0) || !Number.isFinite(speed)) {
    throw new GridwireError('SETTING_INVALID', 'The speed of a replay must be a number above 0.');
  }
  if (plan.name === '') throw new GridwireError('SETTING_INVALID', 'A replay needs a name.');
  const refused = (plan.query.types ?? []).filter(
    (type) => isCommand({ type, topic: '' }) && !(plan.commands ?? []).includes(type),
  );
  if (refused.length > 0) {
    throw new GridwireError(
      'REPLAY_REFUSED',
      `${refused.join(', ')} would make devices act again. To replay a command type, name it among the commands.`,
      { details: { types: refused } },
    );
  }
}

/** What is left out: replays of replays, and commands that were not named. */
export function isLeftOut(record: MirrorRecord, plan: ReplayPlan, isCommand: CommandTest): boolean {
  if (REPLAY_MARK in record.message.headers) return true;
  const event = { topic: record.message.topic, ...(record.type === undefined ? {} : { type: record.type }) };
  return isCommand(event) && !(plan.commands ?? []).includes(record.type ?? '');
}

/**
 * The event as it is replayed: under the prefix, marked, not retained (it must not overwrite what is current), and
 * without its old expiry.
 */
export function replayedMessage(record: MirrorRecord, plan: ReplayPlan): WireMessage {
  const { message } = record;
  const { expiresAt: _expired, ...lasting } = message;
  return {
    ...lasting,
    topic: (plan.prefix ?? DEFAULT_PREFIX) + message.topic,
    retain: false,
    headers: { ...message.headers, [REPLAY_MARK]: `${plan.name}:${record.id}` },
  };
}

/** The plan as it is stored beside its cursor, to see whether it is still the same one. */
export function planDocument(plan: ReplayPlan): JsonObject {
  const { query, pace } = plan;
  return JSON.parse(
    JSON.stringify({ query, pace, prefix: plan.prefix ?? DEFAULT_PREFIX, commands: plan.commands ?? [] }),
  ) as JsonObject;
}

/** The plan that `planDocument` wrote. */
export function planOf(name: string, document: JsonObject): ReplayPlan {
  return { name, ...(document as unknown as Omit<ReplayPlan, 'name'>) };
}

/** Events sent before the position is stored again: about a second's worth, at most 500. */
export function pageSize(pace: ReplayPace): number {
  if (pace.kind === 'unlimited') return 500;
  return pace.kind === 'rate' ? Math.max(1, Math.min(500, Math.round(pace.perSecond))) : 20;
}
