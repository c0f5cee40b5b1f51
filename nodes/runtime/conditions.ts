import type { ConditionName } from '../../src/observe/conditions/condition.js';
import type { Why } from '../../src/why.js';

/**
 * The one rule by which all nodes choose what they show: the worst thing that is true now, until it is no longer true
 * or, for what has happened and cannot un-happen, until somebody has looked. Pure: it knows neither time nor Node-RED.
 *
 * Words, worst first. Above the line `COURSE` something is wrong or wants a person; below it things take their course.
 */
const WORST_FIRST = [
  'settings-invalid',
  // Events are refused or cannot be kept
  'outbox-full',
  'store-away-waiting',
  'store-away',
  'error',
  'no-solution',
  'alarm-critical',
  'alarm-critical-known',
  'unhealthy',
  // Nothing comes or goes
  'disconnected-why',
  'disconnected',
  'broker-failing',
  'hinders',
  'waiting-why',
  'waiting',
  'battery-poor',
  // Has happened; stays until somebody has looked
  'unreadable',
  'problem',
  'refused',
  'dropped',
  'stream-missed',
  'given-up',
  'rejected',
  // Waits for somebody, or for something
  'held',
  'letters',
  'store-slow',
  'silent',
  'alarm-warning',
  'alarm-warning-known',
  'degraded',
  'battery-fair',
  'monitors-away',
  'retrying',
  'draining',
  'connecting',
  // COURSE
  'retiring',
  'studying',
  'replaying',
  'paused',
  'monitor-reading',
  'monitor-history',
  'monitor-history-of',
  'monitors-found',
  'monitors',
  'monitor-done',
  'battery-good',
  'partitions',
  'received-lag',
  'received',
  'sent',
  'mirrored',
  'recovered',
  'replayed',
  'settled',
  'stepped',
  'streaming',
  'no-alarm',
  'healthy',
  'connected',
  'ready',
] as const;

export type StatusWord = (typeof WORST_FIRST)[number];

const RANK = new Map<StatusWord, number>(WORST_FIRST.map((word, rank) => [word, rank]));
const COURSE = rankOf('retiring');

function rankOf(word: StatusWord): number {
  return RANK.get(word) ?? WORST_FIRST.length;
}

/** What is wrong in a whole sentence, with what to do, and its code; an error is one. */
export interface Told {
  code: string;
  message: string;
  /** In one or two words, where there are such. */
  why?: Why | undefined;
  /** What somebody should act on, where it tells of that rather than of an error. */
  condition?: ConditionName;
}

export interface Condition {
  word: StatusWord;
  values: Record<string, string | number>;
  error?: Told | undefined;
}

interface Entry extends Condition {
  order: number;
  /** Set for what has happened: called when somebody has looked, so that its counter begins anew. */
  forget: (() => void) | undefined;
}

/** What is true of a node now, by the part of it that knows. */
export class Conditions {
  private readonly parts = new Map<string, Entry>();
  private count = 0;

  /** Something is true now; it takes the place of what the part said before. */
  set(part: string, condition: Condition, forget?: () => void): void {
    // What goes on keeps its place among equals.
    const order = this.parts.get(part)?.order ?? (this.count += 1);
    this.parts.set(part, { ...condition, order, forget });
  }

  /** It is no longer true. */
  clear(part: string): void {
    this.parts.delete(part);
  }

  /** What a part says now. */
  of(part: string): Condition | undefined {
    return this.parts.get(part);
  }

  /** Somebody has looked: what has happened is known now. What is still true stays. */
  seen(): void {
    for (const [part, { forget }] of [...this.parts]) {
      if (forget === undefined) continue;
      this.parts.delete(part);
      forget();
    }
  }

  /** The worst of all, the older of equals; undefined where nothing is known. */
  get worst(): Condition | undefined {
    let worst: Entry | undefined;
    for (const entry of this.parts.values()) if (worst === undefined || isWorse(entry, worst)) worst = entry;
    return worst;
  }

  /** All that is wrong or wants a person, worst first. */
  get troubles(): (Condition & { happened: boolean })[] {
    return [...this.parts.values()]
      .filter(({ word }) => rankOf(word) < COURSE)
      .sort((one, other) => (isWorse(one, other) ? -1 : 1))
      .map(({ word, values, error, forget }) => ({ word, values, error, happened: forget !== undefined }));
  }
}

function isWorse(one: Entry, other: Entry): boolean {
  const difference = rankOf(one.word) - rankOf(other.word);
  return difference < 0 || (difference === 0 && one.order < other.order);
}
