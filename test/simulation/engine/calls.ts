import { GridwireError } from '../../../src/errors.js';
import type { Sleeper } from './timeline.js';

/** How one call of a process to something outside goes. */
export type Fate =
  | 'done'
  /** The effect is made, and the answer comes later. */
  | 'late'
  | 'failed-before'
  /** The effect is made and the caller is told a failure: it cannot know. */
  | 'failed-after'
  /** A part of the effect is made, where the call has parts; else it fails before. */
  | 'failed-partly';

const FATES_WITH_EFFECT: ReadonlySet<Fate> = new Set(['done', 'late', 'failed-after']);

interface Call {
  process: Sleeper;
  name: string;
  /** Writes of one process happen in the order of the calls; reads whenever they come. */
  isWrite: boolean;
  effect: () => unknown;
  /** The first part of the effect. */
  part: (() => unknown) | undefined;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  outcome: { result: unknown } | { error: unknown } | undefined;
}

/**
 * Calls to a store that are under way. They happen, and are answered, when the scheduler says so. Assumed of a store,
 * and held by `test/unit/store/queue-suite.ts`: writes of one process commit, and are answered, in the order of the calls; a write that
 * fails may have happened; a read may be answered with what was true before a write that was answered earlier.
 */
export class Calls {
  private pending: Call[] = [];

  /**
   * @param effect what happens, all at once; may throw
   * @param part what may happen of it before it fails. The real stores make all or nothing of each call
   *   (`test/unit/store/queue-suite.ts`); whoever uses them need not rely on that
   */
  make<Result>(
    process: Sleeper,
    name: string,
    isWrite: boolean,
    effect: () => Result,
    part?: () => unknown,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      // The dead do not call.
      if (!process.alive) return;
      const call = { process, name, isWrite, effect, part, resolve: resolve as (result: unknown) => void };
      this.pending.push({ ...call, reject, outcome: undefined });
    });
  }

  /** A write in a transaction of its own, as has each part of it that is made alone. */
  commit<Result>(
    process: Sleeper,
    name: string,
    database: { transaction<Value>(work: () => Value): Value },
    effect: () => Result,
    part?: () => unknown,
  ): Promise<Result> {
    const partly = part && (() => database.transaction(part));
    return this.make(process, name, true, () => database.transaction(effect), partly);
  }

  /** Calls of processes that run. */
  get open(): number {
    return this.pending.reduce((sum, { process }) => sum + (process.suspended ? 0 : 1), 0);
  }

  names(): string[] {
    return this.pending.map(({ name, outcome }) => (outcome === undefined ? name : `${name} (answer)`));
  }

  /**
   * One call goes on. @param choice which, of those that can
   * @returns what happened, for the story; undefined if no call is open
   */
  advance(choice: number, fate: Fate): string | undefined {
    const able = this.able();
    const call = able[choice % Math.max(1, able.length)];
    if (call === undefined) return undefined;
    if (call.outcome === undefined && !this.mayAnswer(call)) {
      // A write before it is not answered yet.
      call.outcome = outcomeOf(call.effect);
      return `${call.name}: happened`;
    }
    if (call.outcome === undefined && fate === 'failed-partly' && call.part !== undefined)
      outcomeOf(call.part);
    else if (call.outcome === undefined && FATES_WITH_EFFECT.has(fate)) {
      call.outcome = outcomeOf(call.effect);
      if (fate === 'late') return `${call.name}: happened`;
    }
    if (fate.startsWith('failed')) call.outcome = { error: away() };
    this.pending.splice(this.pending.indexOf(call), 1);
    const { outcome } = call;
    if (outcome === undefined) return undefined;
    if ('result' in outcome) call.resolve(outcome.result);
    else call.reject(outcome.error);
    return `${call.name}: ${'result' in outcome ? 'answered' : fate.startsWith('failed') ? fate : 'refused'}`;
  }

  /** A process dies: what it wrote may still happen. @param happens asked for each write, in order */
  die(process: Sleeper, happens: () => boolean): void {
    const dying = this.pending.filter((call) => call.process === process);
    this.pending = this.pending.filter((call) => call.process !== process);
    for (const call of dying) {
      if (!call.isWrite || call.outcome !== undefined) continue;
      if (!happens()) return;
      outcomeOf(call.effect);
    }
  }

  /** Of each process the first write that has not happened, and what may be answered. */
  private able(): Call[] {
    const writers = new Set<Sleeper>();
    return this.pending.filter((call) => {
      const { process, isWrite, outcome } = call;
      if (process.suspended) return false;
      if (outcome !== undefined) return this.mayAnswer(call);
      if (!isWrite) return true;
      const isFirst = !writers.has(process);
      writers.add(process);
      return isFirst;
    });
  }

  private mayAnswer({ process, isWrite, ...call }: Call): boolean {
    if (!isWrite) return true;
    return this.pending.find((other) => other.isWrite && other.process === process)?.effect === call.effect;
  }
}

function outcomeOf(effect: () => unknown): { result: unknown } | { error: unknown } {
  try {
    return { result: effect() };
  } catch (error) {
    return { error };
  }
}

function away(): GridwireError {
  return new GridwireError('STORE_UNAVAILABLE', 'The simulated store is away.');
}
