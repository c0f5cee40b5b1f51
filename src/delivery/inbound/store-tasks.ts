import type { Effect, Time } from './effects.js';
import type { Decision } from './work.js';

/** Between two trims of the ids that are remembered, and marks between two. */
const TRIM = { every: 3_600_000, marks: 1_000 };

/** A question or an order to the store that belongs to no single message. */
interface Task {
  effect: (time: Time) => Effect;
  at: number;
  isUnderWay: boolean;
}

/**
 * What the inbox wants of the store beside the writes of its messages: the take-over at the beginning, decisions about
 * what is held, trimming. What fails for now is due again later; what is refused for good is dropped.
 */
export class StoreTasks {
  private readonly decisions = new Map<Decision, Task>();
  private readonly begin: Task;
  private trimAt: number;
  private marks = 0;
  /** The queue has been taken over, so that its rows may be looked at. */
  hasBegun = false;
  /** The store failed, and nothing is asked before. */
  awayUntil = -Infinity;
  /** Its failure has been told. */
  private told = false;

  constructor({ hasStore, remembersIds }: { hasStore: boolean; remembersIds?: number }) {
    const never = hasStore ? -Infinity : Infinity;
    this.begin = { effect: ({ now }) => ({ do: 'begin', now }), at: never, isUnderWay: false };
    this.trimAt = remembersIds === undefined ? Infinity : never;
  }

  get next(): number {
    let next = Math.min(this.trimAt, this.hasBegun || this.begin.isUnderWay ? Infinity : this.begin.at);
    for (const { at, isUnderWay } of this.decisions.values()) if (!isUnderWay) next = Math.min(next, at);
    return next;
  }

  /** About what there are decisions that the store has not carried out yet. */
  get decidedAbout(): string[] {
    return [...this.decisions.keys()].map(({ by }) => by);
  }

  due(time: Time): Effect[] {
    if (time.now < this.next) return [];
    const tasks = [...(this.hasBegun ? [] : [this.begin]), ...this.decisions.values()];
    const due = tasks.filter(({ at, isUnderWay }) => !isUnderWay && at <= time.now);
    for (const task of due) task.isUnderWay = true;
    const effects = due.map(({ effect }) => effect(time));
    if (this.trimAt <= time.now) {
      this.trimAt = time.now + TRIM.every;
      this.marks = 0;
      effects.push({ do: 'trim', now: time.now });
    }
    return effects;
  }

  /** An id has been noted as dealt with. */
  marked(now: number): void {
    this.marks += 1;
    if (this.marks >= TRIM.marks) this.trimAt = Math.min(this.trimAt, now);
  }

  decide(decision: Decision): void {
    const effect = ({ now }: Time): Effect => ({ do: 'decide', decision, now });
    this.decisions.set(decision, { effect, at: -Infinity, isUnderWay: false });
  }

  decided(decision: Decision, retryAt: number | undefined): void {
    const task = this.decisions.get(decision);
    if (task === undefined) return;
    if (retryAt === undefined) this.decisions.delete(decision);
    else Object.assign(task, { at: retryAt, isUnderWay: false });
  }

  begun(retryAt: number | undefined): void {
    this.hasBegun = retryAt === undefined;
    Object.assign(this.begin, { at: retryAt ?? Infinity, isUnderWay: false });
  }

  /** The store has answered. */
  answered(): void {
    this.awayUntil = -Infinity;
    this.told = false;
  }

  /** The store failed for now. @returns whether that is news */
  failed(retryAt: number): boolean {
    const isNews = !this.told;
    this.told = true;
    this.awayUntil = retryAt;
    return isNews;
  }
}
