import type { InboundMessage } from '../../event.js';
import { atBroker, inHand, isInHand, withNewRow, workingSince } from './counts.js';
import type { Answer, Arrival, Begun, Effect, Loaded, Time } from './effects.js';
import { itemOf, resumedItem } from './item.js';
import { type InboxRules, Lifecycle, RETRY } from './lifecycle.js';
import type { Decision, Outcome } from './work.js';

/** Before something that was stopped is tried again: whoever stopped it is starting its successor. */
const AFTER_ABORT = 100;
/** Before a store is asked again what it has refused for good: it may be another one by then. */
const SLOW_RETRY = 60_000;

/**
 * Between a broker's deliveries and the work on them: a message is acknowledged when its work has been done, or when the
 * store has it; what failed is tried again, and what cannot succeed is given up. Nothing is acknowledged that is neither
 * done nor given up nor written down, so a process that dies at any moment is sent everything again that it had not
 * finished.
 *
 * A state machine without I/O: every input changes the table and returns what is to be done. The driver does it and
 * comes back with the answers.
 */
export class Inbox {
  private readonly items: Lifecycle;
  private isClosed = false;

  constructor(rules: InboxRules) {
    this.items = new Lifecycle(rules);
  }

  /** Whether it takes deliveries. */
  get isOpen(): boolean {
    return this.items.isOpen;
  }

  /** Failed messages that wait for their next attempt. */
  get waiting(): number {
    return this.items.rows.waiting + this.items.wakes.size;
  }

  /** Messages in hand: those that the flow has, and those whose end is being written down. */
  get inHand(): number {
    return inHand(this.items.table.values());
  }

  get workingSince(): number | undefined {
    return workingSince(this.items.table.values());
  }

  /** Repetitions that were recognised and dropped. */
  get repeated(): number {
    return this.items.repetitions.removed;
  }

  /** Messages that the store has for whoever takes up the queue, those of which somebody decides left out. */
  get inStore(): number {
    return this.items.rows.waiting + withNewRow(this.items.table.values());
  }

  /** Topics of messages that are with the broker still. */
  get unsettled(): string[] {
    return atBroker(this.items.table.values()).map(({ message }) => message.topic);
  }

  /** What is kept in memory beside the messages in hand. */
  get memory(): { messages: number; bytes: number } {
    return this.items.rows.memory;
  }

  /** When there is something to do at the earliest, if nothing comes before. */
  get wakeAt(): number {
    if (this.isClosed) return Infinity;
    const { wakes, slow, tasks, rows, rules } = this.items;
    if (!rules.hasStore) return wakes.next;
    const keeping = slow.hasRoom ? Math.max(slow.next, tasks.awayUntil) : Infinity;
    const asking = this.items.repetitions.isWaiting ? Math.max(tasks.awayUntil, 0) : Infinity;
    return Math.min(wakes.next, keeping, asking, tasks.next, this.mayLoad ? rows.next : Infinity);
  }

  /** The first input. */
  open(time: Time): Effect[] {
    return this.turn(time);
  }

  delivered(arrival: Arrival, time: Time): Effect[] {
    // Whatever comes now stays with its broker.
    if (!this.items.isOpen) return [];
    const { key, place } = arrival;
    const same = place === undefined ? undefined : this.items.byPlace.get(place);
    if (same !== undefined) {
      if (same.atBroker) this.items.effects.push({ do: 'attach', key: same.key, delivery: key });
      else this.items.effects.push({ do: 'acknowledge', key });
      return this.turn(time);
    }
    // What was delivered before may be the very message whose acknowledgement was lost.
    if (place === undefined && !arrival.message.redelivered) this.items.names.tellApart(arrival.origin);
    const item = itemOf(arrival, time);
    this.items.table.set(key, item);
    if (place !== undefined) this.items.byPlace.set(place, item);
    if (this.items.rules.onReceipt) this.items.acknowledge(item);
    else if (this.items.rules.hasStore) this.items.slow.enter(item);
    this.items.begin(item, time);
    return this.turn(time);
  }

  /**
   * The work on a message, or on its dead letter, has ended.
   * @param isKnown its owner knows something of it that has to be known at its next attempt
   */
  ended(key: string, outcome: Outcome, isKnown: boolean, time: Time): Effect[] {
    const item = this.items.table.get(key);
    const state = item?.state;
    if (item === undefined || this.isClosed || (state !== 'working' && state !== 'rejected')) return [];
    // From now on something of it may lie elsewhere.
    item.origin.mayExist = true;
    if (item.isErased && (outcome.kind !== 'done' || outcome.deadLetter))
      this.items.forget(item, time, outcome.kind === 'held' ? outcome.by : undefined);
    else if (outcome.kind === 'done') this.items.done(item, outcome.deadLetter, time);
    else if (outcome.kind === 'held' && state === 'working') this.items.hold(item, outcome.by, time);
    else if (outcome.kind !== 'failed') this.items.wait(item, time.now + AFTER_ABORT);
    else if (state === 'working') this.items.failed(item, outcome.error, isKnown, time);
    else this.items.refusalFailed(item, outcome.error, isKnown, time);
    return this.turn(time);
  }

  wrote(key: string, answer: Answer, time: Time): Effect[] {
    const item = this.items.table.get(key);
    if (item === undefined) return [];
    item.inWrite = false;
    // Without an answer it may have happened: what ends the message then releases the row in any case.
    if (item.keeping || item.ending?.kind === 'parked') item.hasRow ||= answer.ok || !answer.permanent;
    this.heard(answer, time, false);
    if (this.isClosed) {
      // What is committed need not be sent again.
      if (answer.ok) this.items.acknowledge(item);
      return this.take();
    }
    if (item.keeping) this.items.kept(item, answer, time);
    else if (answer.ok) this.items.leave(item, time);
    else if (answer.permanent) this.items.refused(item, answer.error, time);
    else this.items.wakes.set(item, time.now + RETRY);
    return this.turn(time);
  }

  /** Which of the ids that were asked for have been dealt with. */
  asked(answer: Answer<ReadonlySet<string>>, time: Time): Effect[] {
    if (this.isClosed) return [];
    this.heard(answer, time);
    if (!answer.ok && !answer.permanent) {
      this.items.repetitions.unanswered();
      return this.turn(time);
    }
    for (const item of this.items.repetitions.answered()) {
      if (item.state !== 'asking') continue;
      if (answer.ok && item.id !== undefined && answer.value.has(item.id)) this.items.drop(item, time);
      else this.items.attempt(item, time);
    }
    return this.turn(time);
  }

  begun(answer: Answer<Begun>, time: Time): Effect[] {
    if (this.isClosed) return [];
    this.heard(answer, time);
    this.items.tasks.begun(answer.ok || answer.permanent ? undefined : time.now + RETRY);
    if (answer.ok) this.items.begun(answer.value);
    this.items.effects.push({ do: 'ready' });
    return this.turn(time);
  }

  loaded(answer: Answer<Loaded>, time: Time): Effect[] {
    if (this.isClosed) return [];
    this.heard(answer, time);
    const { rows, table } = this.items;
    if (!answer.ok) rows.failed(time.now + (answer.permanent ? SLOW_RETRY : RETRY));
    else
      for (const row of rows.loaded(answer.value, (key) => table.has(key)))
        this.items.resume(resumedItem(row, rows.recall(row.key), answer.value.ids.get(row.key), time));
    if (answer.ok) this.items.effects.push(...this.items.heldRows.loaded(answer.value.held));
    return this.turn(time);
  }

  /** Somebody has decided about what is held, here and in the store. */
  decided(decision: Decision, time: Time): Effect[] {
    if (this.isClosed) return [];
    for (const item of [...this.items.table.values()]) {
      const { ending, state } = item;
      if (state === 'held' && item.heldBy === decision.by) {
        this.items.decided(item, decision, time);
      } else if (ending?.kind === 'parked' && ending.by === decision.by) {
        // The store may carry out the decision before it has the row.
        item.decision = decision;
      }
    }
    this.items.carryOut(decision);
    return this.turn(time);
  }

  carriedOut(decision: Decision, answer: Answer<number>, time: Time): Effect[] {
    if (this.isClosed) return [];
    this.heard(answer, time);
    this.items.tasks.decided(decision, answer.ok || answer.permanent ? undefined : time.now + RETRY);
    this.items.rows.look(time.now);
    return this.turn(time);
  }

  /** @param holdsUp how many settled messages wait for one that is not */
  woke(time: Time, holdsUp: (key: string) => number): Effect[] {
    if (this.isClosed) return [];
    for (const item of this.items.wakes.due(time.now)) {
      if (item.state === 'writing') this.items.commit(item, time, true);
      else this.items.attempt(item, time);
    }
    if (this.items.rules.hasStore && time.now >= this.items.tasks.awayUntil)
      for (const item of this.items.slow.found(time.now, holdsUp)) this.items.keep(item, time);
    return this.turn(time);
  }

  /** Somebody else has put rows into the queue, which may be due. */
  lookAgain(time: Time): Effect[] {
    this.items.rows.look(time.now);
    return this.turn(time);
  }

  /**
   * Forgets what names a subject that is to be forgotten: what waits is given up without a letter, and of what the flow
   * has nothing is kept when it has ended. Rows of the store are not its own to delete.
   */
  erase(names: (message: InboundMessage) => boolean, time: Time): { count: number; effects: Effect[] } {
    const found = [...this.items.table.values()].filter((item) => !item.isErased && names(item.message));
    for (const item of found) {
      item.isErased = true;
      if (!isInHand(item)) this.items.forget(item, time);
    }
    const count = found.length + this.items.rows.erase(names);
    return { count, effects: this.turn(time) };
  }

  /** Begins nothing new; what is in hand may end. */
  drain(): void {
    this.items.isOpen = false;
  }

  /** Writes down all that is with the broker, for whoever takes up the queue. */
  keepAll(time: Time): Effect[] {
    for (const item of this.items.table.values())
      if (item.atBroker && this.items.rules.hasStore && !item.inWrite) this.items.keep(item, time);
    return this.take();
  }

  /** The last input but for answers of writes: nothing else is settled any more. */
  close(): Effect[] {
    this.items.isOpen = false;
    this.isClosed = true;
    return this.items.heldRows.left(this.items.table.values());
  }

  private get mayLoad(): boolean {
    const { isOpen, places, tasks, rows } = this.items;
    return isOpen && places.isFree && tasks.hasBegun && !rows.isLoading;
  }

  /** What follows from any input: questions to the store, and the next of those that it gave. */
  private turn(time: Time): Effect[] {
    if (!this.items.rules.hasStore || this.isClosed) return this.take();
    const { rows, heldRows, tasks, repetitions } = this.items;
    if (tasks.next <= time.now) this.items.effects.push(...tasks.due(time));
    this.items.beginResumed(time);
    if (repetitions.isWaiting && time.now >= tasks.awayUntil) {
      const since = time.now - (this.items.rules.remembersIds ?? 0);
      this.items.effects.push({ do: 'ask', ids: repetitions.next().flatMap(({ id }) => id ?? []), since });
    }
    if (this.mayLoad && rows.next <= time.now) {
      const limit = rows.ask(time.now);
      heldRows.ask(this.items.table.values(), tasks.decidedAbout);
      this.items.effects.push({ do: 'load', now: time.now, limit, except: [...this.rowsInHand()] });
    }
    return this.take();
  }

  /** Rows that an earlier look has given, or that would only fill the page: their messages are in hand. */
  private *rowsInHand(): Iterable<string> {
    for (const { key, resumed } of this.items.table.values()) if (resumed) yield key;
    yield* this.items.slow.keys();
  }

  /** Any answer says how the store is; that it is away is told once. @param tells also what it refuses for good */
  private heard(answer: Answer<unknown>, { now }: Time, tells = true): void {
    const { tasks } = this.items;
    if (!answer.ok && answer.permanent && tells) this.items.tell(answer.error);
    if (answer.ok || answer.permanent) tasks.answered();
    else if (tasks.failed(now + RETRY) && !this.isClosed) this.items.tell(answer.error);
  }

  private take(): Effect[] {
    const { effects } = this.items;
    this.items.effects = [];
    return effects;
  }
}
