import { type ConditionBounds, DEFAULT_BOUNDS } from '../../src/observe/conditions/conditions.js';
import { CONDITIONS, type ConditionName } from '../../src/observe/conditions/condition.js';
import { type AlarmRules, DEFAULT_RULES } from '../../src/observe/alarms/alarms.js';
import { listOf } from '../../src/list.js';
import type { Settings } from '../runtime/settings.js';

export interface AlarmSettings {
  bounds: ConditionBounds;
  rules: AlarmRules;
  /** The conditions that raise alarms. */
  wanted: ReadonlySet<ConditionName>;
}

const PERCENT = 100;

/** What a node's settings say of when there is an alarm. */
export function alarmSettings(settings: Settings): AlarmSettings {
  const number = (field: string, minimum: number, maximum: number, otherwise: number): number =>
    settings.integer(field, { minimum, maximum, otherwise });
  const left = listOf(settings.text('without'));
  const unknown = left.filter((name) => !(CONDITIONS as readonly string[]).includes(name));
  if (unknown.length > 0)
    settings.fault('without', `there is no alarm ${unknown.join(', ')}; there are ${CONDITIONS.join(', ')}.`);
  return {
    bounds: {
      queueAge: number('queueAge', 1, 604_800, DEFAULT_BOUNDS.queueAge),
      queueFill: number('queueFill', 1, PERCENT, DEFAULT_BOUNDS.queueFill * PERCENT) / PERCENT,
      idle: number('idle', 1, 86_400, DEFAULT_BOUNDS.idle),
      letters: number('letters', 1, 1_000_000, DEFAULT_BOUNDS.letters),
      disk: number('disk', 1, PERCENT, DEFAULT_BOUNDS.disk * PERCENT) / PERCENT,
      certificate: number('certificate', 1, 365, DEFAULT_BOUNDS.certificate),
    },
    rules: {
      ...DEFAULT_RULES,
      delay: number('delay', 0, 3_600, DEFAULT_RULES.delay / 1_000) * 1_000,
      hold: number('hold', 0, 3_600, DEFAULT_RULES.hold / 1_000) * 1_000,
    },
    wanted: new Set(CONDITIONS.filter((name) => !left.includes(name))),
  };
}
