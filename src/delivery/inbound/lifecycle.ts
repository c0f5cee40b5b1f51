import type { RetryData } from '../../contracts/contract-data.js';
import type { GridwireError } from '../../errors.js';
import { PassingMap } from '../../passing-map.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';
import { outageDelay, retryDelay, verdictOn } from '../retry-rule.js';
import type { Answer, Begun, Effect, Time, Write } from './effects.js';
import {
  exhausted,
  expired,
  heldTooMany,
  keptRow,
  letterLost,
  otherWay,
  rowRefused,
  writeOf,
} from './endings.js';
import { type Ending, type Item, lateBy } from './item.js';
import { heldAtBroker } from './counts.js';
import { counted, gone, HeldRows } from './held-rows.js';
import { Places } from './places.js';
import { Repetitions } from './repetitions.js';
import { Rows } from './rows.js';
import { SlowOnes } from './slow-ones.js';
import { StoreTasks } from './store-tasks.js';
import { TakenNames } from './taken-names.js';
import { Wakes } from './wakes.js';
import type { Decision } from './work.js';

export interface InboxRules {
  retry: RetryData;
  /** Acknowledge before the work begins: what the work then loses is lost. */
  onReceipt: boolean;
  /** Whether there is a store to write to. Without it what failed stays unsettled, in memory, and takes a place in the window. */
  hasStore: boolean;
  /** How long an id counts as dealt with, milliseconds; undefined where repetitions are let through. */
  remembersIds?: number;
  /** How many messages may be held unsettled where no store takes them. */
  holdsAtMost: number;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

/** Before a store that failed is tried again. */
export const RETRY = 2_000;

/** The table of messages in hand, and how one of them goes from state to state. What it wants done it adds to `effects`. */
export class Lifecycle {
  readonly table = new PassingMap<string, Item>();
  /** By their place in their broker's log. */
  readonly byPlace = new PassingMap<string, Item>();
  readonly wakes = new Wakes<Item>();
  readonly slow = new SlowOnes();
  readonly repetitions = new Repetitions();
  readonly rows = new Rows();
  readonly heldRows = new HeldRows();
  readonly places = new Places();
  readonly names = new TakenNames();
  readonly tasks: StoreTasks;
  effects: Effect[] = [];
  /** Whether anything new is begun. */
  isOpen = true;

  constructor(readonly rules: InboxRules) {
    this.tasks = new StoreTasks(rules);
  }

  begin(item: Item, time: Time): void {
    const { id } = item;
    if (id === undefined) this.attempt(item, time);
    else item.state = this.repetitions.enter(item, id) ? 'asking' : 'following';
  }

  /** What an earlier owner of the queue left. */
  begun({ held, names }: Begun): void {
    for (const { key, name } of names) this.names.take(key, name);
    this.effects.push(...this.heldRows.loaded(held));
  }

  /** A row that is due has been read. */
  resume(item: Item): void {
    this.table.set(item.key, item);
    this.names.take(item.key, item.origin.key);
    this.places.enter(item);
  }

  /** Those that were read from the store, as far as there are places. */
  beginResumed(time: Time): void {
    while (this.isOpen) {
      const item = this.places.next();
      if (item === undefined) return;
      this.begin(item, time);
    }
  }

  attempt(item: Item, time: Time): void {
    const { key, message, origin } = item;
    if (!this.isOpen) {
      item.state = 'due';
      return;
    }
    const late = lateBy(item, time);
    if (item.refusal === undefined && late > 0) item.refusal = expired(message.topic, late);
    if (item.refusal !== undefined) {
      this.reject(item, item.refusal);
      return;
    }
    item.state = 'working';
    this.effects.push({ do: 'run', key, message, attempt: item.attempts + 1, origin });
  }

  private reject(item: Item, error: GridwireError): void {
    const { key, message, origin } = item;
    item.refusal = error;
    item.state = 'rejected';
    const toStore = this.rules.hasStore && item.refusals >= this.rules.retry.attempts;
    this.effects.push({ do: 'reject', key, message, error, origin, toStore });
  }

  done(item: Item, letter: NewDeadLetter | undefined, time: Time): void {
    const givenUp = item.refusal !== undefined;
    // The id of what was given up is not noted, or its repair would be taken for a repetition.
    const ending = { kind: 'settled', mark: !givenUp && item.id !== undefined, givenUp } as const;
    this.end(item, letter === undefined ? ending : { ...ending, letter }, time);
  }

  /** Nothing of it is kept. @param by what it waited, or was to wait, for a decision about */
  forget(item: Item, time: Time, by = counted(item)): void {
    if (by !== undefined) this.effects.push(gone({ by, count: 1 }));
    this.wakes.delete(item);
    this.end(item, { kind: 'settled', mark: false, givenUp: true }, time);
  }

  /** It was dealt with before. */
  drop(item: Item, time: Time): void {
    this.repetitions.removed += 1;
    this.end(item, { kind: 'settled', mark: false, givenUp: false }, time);
  }

  failed(item: Item, error: GridwireError, isKnown: boolean, time: Time): void {
    const verdict = verdictOn(error);
    if (verdict !== 'wait') item.attempts += 1;
    if (verdict === 'never') this.reject(item, error);
    else if (item.attempts >= this.rules.retry.attempts) this.reject(item, exhausted(error, item.attempts));
    else this.later(item, error, item.attempts, isKnown, time);
  }

  /** Its dead letter found no place: that is tried again, and the flow is not run for it. */
  refusalFailed(item: Item, error: GridwireError, isKnown: boolean, time: Time): void {
    if (verdictOn(error) !== 'wait') item.refusals += 1;
    this.later(item, error, item.refusals, isKnown, time);
  }

  private later(item: Item, error: GridwireError, attempts: number, isKnown: boolean, time: Time): void {
    const { retry, random, hasStore } = this.rules;
    item.waitsSince ??= time.now;
    const wait =
      verdictOn(error) === 'wait'
        ? outageDelay(retry, time.now - item.waitsSince, random)
        : retryDelay(retry, attempts, random);
    const at = time.now + wait;
    if (!hasStore || item.unstorable || (isKnown && !this.rows.remembersMore)) this.wait(item, at);
    else this.end(item, { kind: 'parked', as: 'parked', at, reason: error.message, known: isKnown }, time);
  }

  wait(item: Item, at: number): void {
    this.slow.leave(item);
    item.state = 'waiting';
    this.wakes.set(item, at);
  }

  hold(item: Item, by: string, time: Time): void {
    const { hasStore, holdsAtMost } = this.rules;
    if (hasStore && !item.unstorable) {
      const reason = `It waits for a decision about ${by}.`;
      this.end(item, { kind: 'parked', as: 'held', at: Infinity, by, reason, known: false }, time);
      return;
    }
    const held = heldAtBroker(this.table.values());
    if (item.atBroker && held >= holdsAtMost) {
      this.effects.push(gone({ by, count: 1 }));
      this.reject(item, heldTooMany(by, held));
      return;
    }
    this.slow.leave(item);
    item.state = 'held';
    item.heldBy = by;
  }

  /** It goes on, or is refused, without the store, which does not have it. */
  decided(item: Item, { refusal }: Decision, time: Time): void {
    item.decision = undefined;
    item.refusal = refusal;
    this.attempt(item, time);
  }

  /** What the store has is decided about as well. */
  carryOut(decision: Decision): void {
    this.heldRows.decided(decision.by);
    if (this.rules.hasStore) this.tasks.decide(decision);
  }

  private end(item: Item, ending: Ending, time: Time): void {
    // What is being written down for good must not be kept besides.
    this.slow.leave(item);
    item.state = 'writing';
    item.ending = ending;
    if (!item.inWrite) this.commit(item, time, false);
  }

  commit(item: Item, time: Time, again: boolean): void {
    const write = item.ending && this.rules.hasStore ? writeOf(item, item.ending, time) : undefined;
    if (write === undefined) this.leave(item, time);
    else this.write(item, write, again);
  }

  private write(item: Item, write: Write, again: boolean): void {
    item.inWrite = true;
    this.rows.written(item.key);
    this.effects.push({ do: 'write', key: item.key, write, again });
  }

  /** Its work goes on; it waits in the store instead of with its broker. */
  keep(item: Item, time: Time): void {
    if (item.unstorable || item.inWrite || !this.slow.hasRoom) return;
    this.slow.keep(item);
    item.keeping = true;
    this.write(item, keptRow(item, time), false);
  }

  kept(item: Item, answer: Answer, time: Time): void {
    item.keeping = false;
    if (answer.ok) this.acknowledge(item);
    else {
      this.slow.ended(item);
      item.unstorable = answer.permanent;
      if (answer.permanent) this.tell(rowRefused(item, answer.error));
      else if (item.ending === undefined) this.slow.enter(item);
    }
    if (item.ending !== undefined) this.commit(item, time, false);
  }

  /** The store will never take this end of a message, so it gets another one. */
  refused(item: Item, error: GridwireError, time: Time): void {
    const { ending } = item;
    if (ending === undefined) return;
    if (ending.kind === 'parked') {
      this.tell(rowRefused(item, error));
      item.unstorable = true;
      item.ending = undefined;
      if (ending.by === undefined) this.wait(item, ending.at);
      else if (item.decision !== undefined) this.decided(item, item.decision, time);
      else this.hold(item, ending.by, time);
      return;
    }
    const other = otherWay(ending);
    if (ending.letter !== undefined && other?.kind === 'settled' && other.letter === undefined)
      this.tell(letterLost(item, error));
    item.ending = other ?? ending;
    if (other === undefined) this.leave(item, time);
    else this.commit(item, time, false);
  }

  /** It has left its broker, and the table. */
  leave(item: Item, time: Time): void {
    const { key, ending, resumed, place } = item;
    this.acknowledge(item);
    this.table.delete(key);
    if (place !== undefined) this.byPlace.delete(place);
    this.wakes.delete(item);
    this.slow.ended(item);
    if (resumed) this.places.left(item);
    if (ending?.kind === 'parked' && ending.as === 'parked')
      this.rows.parked(item, Math.ceil(ending.at), ending.known, !resumed);
    else if (item.hasRow) this.rows.released(key, resumed);
    if (ending?.kind === 'settled') this.names.free(key);
    if (ending?.kind === 'settled' && ending.mark) this.tasks.marked(time.now);
    // It was never counted. Those that are held since then are, until the store says that they are gone as well.
    if (item.decision !== undefined) this.tasks.decide(item.decision);
    else if (ending?.kind === 'parked' && ending.by !== undefined) this.heldRows.written(ending.by);
    const followers = this.repetitions.leave(item);
    if (ending?.kind === 'settled' && ending.givenUp && item.id !== undefined) {
      // A letter is no success: the next of the same id is tried, as its repair would be.
      const next = this.repetitions.succeed(item.id, followers);
      if (next !== undefined) this.attempt(next, time);
    } else for (const follower of followers) this.drop(follower, time);
  }

  acknowledge(item: Item): void {
    if (item.atBroker) this.effects.push({ do: 'acknowledge', key: item.key });
    // What comes under its name from now on is another message.
    if (item.hasRow && item.place === undefined && item.ending?.kind !== 'settled')
      this.names.take(item.key, item.origin.key);
    item.atBroker = false;
    this.slow.leave(item);
  }

  tell(error: GridwireError): void {
    this.effects.push({ do: 'tell', error });
  }
}
