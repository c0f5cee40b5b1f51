import type { Condition, Severity } from '../conditions/condition.js';
import type { ConditionKey } from '../conditions/undecided.js';

/**
 * Where an alarm stands. `raised`: its condition is there, and not yet for long enough. `active`: somebody should act.
 * `acknowledged`: somebody knows. `cleared`: the condition has gone, and stayed away for long enough.
 */
export type AlarmState = 'raised' | 'active' | 'acknowledged' | 'cleared';

export interface Alarm {
  /** Of its condition and what that is about: the same as long as it is there, and when it comes again. */
  key: string;
  state: AlarmState;
  /** As it was last. */
  condition: Condition;
  /** When its condition came; milliseconds. */
  since: number;
  /** Who acknowledged it. */
  by?: string;
}

/** What somebody is to be told: an alarm became active, was acknowledged, became worse, or was cleared. */
export interface AlarmChange {
  alarm: Alarm;
  /** `worse`: a warning became critical, or what gets worse by itself came a step further. */
  change: 'active' | 'acknowledged' | 'worse' | 'cleared';
}

export interface AlarmRules {
  /** How long a condition must be there before its alarm is active, milliseconds. */
  delay: number;
  /** How long it must be gone before its alarm is cleared, milliseconds: what comes and goes is one alarm. */
  hold: number;
  /** Most alarms at a time, and as many more for what is critical; conditions beyond that raise none. */
  most: number;
}

export const DEFAULT_RULES: AlarmRules = { delay: 2_000, hold: 5_000, most: 500 };

interface Kept extends Alarm {
  /** When the condition was last seen. */
  seen: number;
}

/**
 * The alarms of a process: what is wrong goes in with the time, and what somebody is to be told comes out, each change
 * once. No input, no output, no timers.
 */
export class Alarms {
  private readonly kept: Map<string, Kept>;
  private hasRested: boolean;

  /** @param earlier whose alarms it goes on with: what was told of them is not told again, and their end is */
  constructor(
    private readonly rules: AlarmRules = DEFAULT_RULES,
    earlier?: Alarms,
  ) {
    this.kept = new Map(earlier?.kept);
    this.hasRested = earlier !== undefined;
  }

  /** Those that are active or acknowledged, what wants somebody first. */
  get active(): Alarm[] {
    return mostUrgentFirst([...this.kept.values()].filter(({ state }) => state !== 'raised').map(plain));
  }

  /** Until the next look nobody looks, so that what is told stays told: a deploy takes its time, and takes all things apart. */
  rest(): void {
    this.hasRested = true;
  }

  /**
   * What is wrong at this moment. To be called often: a condition that nobody looked at was not there.
   * @param undecided of which nobody knows now whether they are there; their alarms stay as they are
   */
  look(
    conditions: readonly Condition[],
    now: number,
    undecided: readonly ConditionKey[] = [],
  ): AlarmChange[] {
    const changes: AlarmChange[] = [];
    if (this.hasRested) for (const alarm of this.kept.values()) alarm.seen = now;
    for (const key of undecided) this.stay(key, now);
    this.hasRested = false;
    for (const condition of conditions) changes.push(...this.present(condition, now));
    for (const alarm of this.kept.values()) if (alarm.seen < now) changes.push(...this.absent(alarm, now));
    return changes;
  }

  /** Somebody knows of an alarm. @returns nothing for one that is not active, or that somebody knows of already */
  acknowledge(key: string, by: string): AlarmChange | undefined {
    const alarm = this.kept.get(key);
    if (alarm?.state !== 'active') return undefined;
    alarm.state = 'acknowledged';
    alarm.by = by;
    return { alarm: plain(alarm), change: 'acknowledged' };
  }

  private stay(key: ConditionKey, now: number): void {
    const alarm = this.kept.get(alarmKey(key));
    if (alarm !== undefined) alarm.seen = now;
  }

  private present(condition: Condition, now: number): AlarmChange[] {
    const key = alarmKey(condition);
    let alarm = this.kept.get(key);
    if (alarm === undefined) {
      // Hundreds of silent devices must not hide a broker that is away.
      const room = condition.severity === 'critical' ? 2 * this.rules.most : this.rules.most;
      if (this.kept.size >= room) return [];
      this.kept.set(key, (alarm = { key, state: 'raised', condition, since: now, seen: now }));
    }
    const { severity, stage = 0 } = alarm.condition;
    const isWorse =
      (condition.severity === 'critical' && severity === 'warning') || (condition.stage ?? 0) > stage;
    alarm.condition = condition;
    alarm.seen = now;
    if (alarm.state === 'raised') {
      if (now - alarm.since < this.rules.delay) return [];
      alarm.state = 'active';
      return [{ alarm: plain(alarm), change: 'active' }];
    }
    if (!isWorse) return [];
    // Whoever knew of a warning does not know of this.
    alarm.state = 'active';
    delete alarm.by;
    return [{ alarm: plain(alarm), change: 'worse' }];
  }

  private absent(alarm: Kept, now: number): AlarmChange[] {
    if (alarm.state === 'raised') {
      this.kept.delete(alarm.key);
      return [];
    }
    if (now - alarm.seen < this.rules.hold) return [];
    this.kept.delete(alarm.key);
    return [{ alarm: { ...plain(alarm), state: 'cleared' }, change: 'cleared' }];
  }
}

/** Those of which nobody knows before the others, of each the critical ones first, and of these the older ones. */
export function mostUrgentFirst<Each extends Pick<Alarm, 'state' | 'since' | 'condition'>>(
  alarms: readonly Each[],
): Each[] {
  const rank = ({ state, condition }: Each): number =>
    (state === 'acknowledged' ? 2 : 0) + (condition.severity === 'critical' ? 0 : 1);
  return [...alarms].sort((one, other) => rank(one) - rank(other) || one.since - other.since);
}

/**
 * As many as somebody can look at, in the same order: what is critical before what is not. A fifth of the room is for
 * warnings of which nobody knows, before what is critical and known: else they would never be seen.
 */
export function mostSevere<Each extends Pick<Alarm, 'state' | 'since' | 'condition'>>(
  alarms: readonly Each[],
  most: number,
): Each[] {
  const sorted = mostUrgentFirst(alarms);
  if (sorted.length <= most) return sorted;
  const those = (severity: Severity, isKnown: boolean): Each[] =>
    sorted.filter(
      ({ state, condition }) => condition.severity === severity && (state === 'acknowledged') === isKnown,
    );
  const warnings = those('warning', false);
  const kept = Math.ceil(most / 5);
  const bySeverity = [
    ...those('critical', false),
    ...warnings.slice(0, kept),
    ...those('critical', true),
    ...warnings.slice(kept),
    ...those('warning', true),
  ];
  return mostUrgentFirst(bySeverity.slice(0, most));
}

/** Names the alarm of a condition. */
export function alarmKey({ name, subject }: ConditionKey): string {
  return `${name} ${subject}`;
}

function plain({ key, state, condition, since, by }: Kept): Alarm {
  return { key, state, condition, since, ...(by === undefined ? {} : { by }) };
}
