import type { NoRoom, PublishResult } from '../../brokers/broker.js';
import type { NamedRow } from '../../store/queue-stores.js';
import { type GridwireError, isTransient } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import { retryDelay } from '../retry-rule.js';
import { Bounds } from './bounds.js';
import { Breaker } from './breaker.js';
import { DrainRate } from './drain-rate.js';
import { type Given, Holdings } from './holdings.js';
import type { JournalUsage, KeptEntry } from './journal.js';
import * as errors from './outbox-errors.js';
import type { Effect } from './outbox-effects.js';
import type { Item } from './outbox-item.js';
import { NO_RETRY, type OutboxOptions, SOURCES_FIRST } from './outbox-limits.js';
import type { SentBefore } from './sent-before.js';

/**
 * An outbox's only state, and its rules: what is accepted, where it stands, whose turn it is, what is told. Every
 * method but the getters is an input; the effects wait in `effects` for the driver. No I/O, no timers, no promises.
 */
export class OutboxMachine {
  readonly effects: Effect[] = [];
  readonly holdings: Holdings;
  readonly breaker: Breaker;
  /** The latest fault that made events wait. */
  fault: GridwireError | undefined;
  closed = false;
  private readonly bounds: Bounds;
  private readonly drain: DrainRate;
  private connected = false;
  private noRoomAtAll = false;
  private accepted = 0;
  private sendsFrom = 0;
  /** @param retry the rule for events of a journal that nobody waits for; @param sentBefore of the queue */
  constructor(
    private readonly options: OutboxOptions,
    hasJournal: boolean,
    retry = NO_RETRY,
    private readonly random: () => number = Math.random,
    sentBefore?: SentBefore,
  ) {
    this.breaker = new Breaker(options.breaker, random);
    this.drain = new DrainRate(options.drainRate);
    const { maxAge, inMemory } = options;
    this.holdings = new Holdings(hasJournal, maxAge, inMemory, retry, this.effects, sentBefore);
    this.bounds = new Bounds(options, this.holdings);
  }

  /** Whether the drain rate holds events back now. */
  holdsBack(now: number): boolean {
    const { size, underWay } = this.holdings;
    return size > underWay && this.drain.wait(now) !== undefined;
  }

  /** When time alone will change something, after `next` found nothing at this time; undefined: never. */
  wakeAt(now: number): number | undefined {
    if (this.closed) return undefined;
    const { deadlines, lanes, backlog } = this.holdings;
    let next = earlier(deadlines.first, earlier(lanes.wakeAt, backlog?.wakeAt(now)));
    if (this.sendsFrom > now) next = earlier(next, this.sendsFrom);
    if (!this.connected) return next;
    return earlier(next, earlier(this.breaker.wait(now), this.drain.wait(now)));
  }

  /** Somebody wants an event to be sent. @returns why it is refused, if it is */
  accept(event: Omit<Given, 'bytes'>, now: number): GridwireError | undefined {
    const bytes = messageBytes(event.message);
    const refused = this.closed ? errors.closingError() : this.bounds.makeRoom(event.message.topic, bytes);
    if (refused !== undefined) return refused;
    const { holdings } = this;
    const item = holdings.add({ ...event, bytes }, now);
    if (holdings.wasSent(item)) return undefined;
    if (holdings.backlog === undefined) {
      item.order = this.accepted += 1;
      holdings.intoMemory(item, now, this.goesAhead(item));
      return undefined;
    }
    if (item.origin !== undefined) holdings.writing.set(item.origin, item);
    if (item.origin !== undefined) holdings.backlog.unrevoke(item.origin);
    this.effects.push({ do: 'write', item, origin: event.origin });
    return undefined;
  }

  /** The journal has an event. @param isOurs whether the queue has not been another process's since it was given */
  written(item: Item, row: NamedRow, now: number, isOurs = true): void {
    const { holdings, closed } = this;
    const { backlog } = holdings;
    if (backlog === undefined) return;
    holdings.notWriting(item, row);
    const { id, existed } = row;
    const isNext = backlog.written(id);
    if (item.state === 'ended') {
      // Told before the journal answered. A row that was there before is another sending's, to be found by reading.
      if (!existed || item.inheritsRow) backlog.remove(id, item.fate ?? { kind: 'kept' });
      else if (!backlog.byId.has(id)) backlog.search();
      return;
    }
    if (!isOurs) {
      // Whoever has the row sends it: the other process, or this one, which finds it by reading.
      backlog.search();
      holdings.end(item, { kind: 'kept' });
      return;
    }
    if (holdings.followRow(item, row)) return;
    item.id = item.order = id;
    backlog.byId.set(id, item);
    if (closed) holdings.end(item, { kind: 'kept' });
    else if (this.goesAhead(item) && holdings.fits(2)) {
      holdings.intoMemory(item, now, true);
    } else if (isNext || (backlog.isAllInMemory && holdings.fits(1))) {
      backlog.took(id);
      holdings.intoMemory(item, now, false);
    } else {
      holdings.leave(item);
    }
  }

  /** The journal did not take an event, or nobody knows whether it did. @param search it is to be sent if it did */
  notWritten(item: Item, error: GridwireError, search: boolean): void {
    const { holdings } = this;
    holdings.notWriting(item);
    if (item.state !== 'ended' && holdings.followName(item)) return;
    if (isTransient(error) || item.inheritsRow) {
      if (search) holdings.backlog?.search();
      else holdings.revoke(item);
    }
    if (item.state !== 'ended') holdings.end(item, { kind: 'failed', error });
  }

  opened(usage: JournalUsage, now: number): void {
    this.holdings.backlog?.opened(usage);
    // Sources bring again what they were not told of: sent before, it would be sent twice.
    if (usage.count > 0) this.sendsFrom = now + SOURCES_FIRST;
  }

  /** A page of the journal. */
  loaded(page: readonly KeptEntry[], now: number): void {
    const { holdings } = this;
    const { backlog } = holdings;
    if (backlog === undefined) return;
    const fresh = backlog.loaded(
      page,
      (origin, id) => id > (holdings.writing.get(origin)?.after ?? Infinity),
    );
    if (this.closed) return;
    for (const entry of fresh) {
      const item = backlog.byId.get(entry.id) ?? holdings.adopt(entry, now);
      item.message = entry.message;
      holdings.intoMemory(item, now, false);
    }
    if (page.length === 0)
      for (const item of backlog.nothingElse()) this.giveUp(item, errors.erasedError(item.topic));
  }

  /** Whether the broker is there. */
  state(connected: boolean, now: number): void {
    const { lanes, backlog } = this.holdings;
    this.connected = connected;
    this.noRoomAtAll = false;
    lanes.room(now);
    if (connected) {
      this.breaker.succeeded();
      lanes.connectedSince = now;
      backlog?.connected();
    } else lanes.giveUpFirst(now);
  }

  /** Time has passed, or something outside has changed: tells what has expired, and asks for what may start now. */
  settle(now: number): void {
    const { lanes, deadlines, backlog, held } = this.holdings;
    lanes.wake(now);
    for (let item = deadlines.takeDue(now); item !== undefined; item = deadlines.takeDue(now))
      // What is on the wire cannot be taken back; if it comes back by itself it is too late then.
      if (item.state !== 'underWay') this.expired(item, now);
    if (backlog === undefined) return;
    for (const task of backlog.tasks(now, held, this.closed)) this.effects.push(task);
  }

  /** The transport has room again. */
  room(now: number): void {
    this.noRoomAtAll = false;
    this.holdings.lanes.room(now);
  }

  /** The event to be offered to the transport now; `started` or `refusedRoom` says what came of it. */
  next(now: number): Item | undefined {
    for (;;) {
      if (this.closed || !this.connected || this.noRoomAtAll || now < this.sendsFrom) return undefined;
      if (this.holdings.underWay >= this.options.window || !this.breaker.allows(now)) return undefined;
      const item = this.holdings.lanes.next(now, this.drain.wait(now) !== undefined);
      if (item === undefined || item.deadline > now) return item;
      this.expired(item, now);
    }
  }

  refusedRoom(item: Item, why: NoRoom): void {
    if (why === 'all') this.noRoomAtAll = true;
    else this.holdings.lanes.noRoom(item, why);
  }

  started(item: Item, now: number): void {
    if (item.acceptedAt < this.holdings.lanes.connectedSince) this.drain.took(now);
    this.holdings.started(item, now);
    this.breaker.started();
  }

  acknowledged(item: Item, result: PublishResult, now: number): void {
    this.breaker.succeeded();
    this.holdings.lanes.ended(item, now);
    this.holdings.end(item, { kind: 'sent', result });
  }

  /** The broker, or the way to it, did not take an event. */
  failed(item: Item, error: GridwireError, now: number): void {
    if (isTransient(error)) {
      // A lost connection heals by reconnecting; only faults of a broker that is there count for the breaker.
      if (this.connected && !this.closed) {
        this.fault = error;
        this.breaker.failed(now);
      }
      this.comeBack(item, error, now);
      return;
    }
    this.breaker.succeeded();
    item.refusals += 1;
    const again = error.code === 'BROKER_REFUSED' && item.refusals < item.retry.attempts;
    if (again && !this.closed && item.fate === undefined && item.deadline > now) {
      this.holdings.giveBack(item, now, now + retryDelay(item.retry, item.refusals, this.random));
      return;
    }
    this.holdings.lanes.ended(item, now);
    this.holdings.end(item, { kind: 'failed', error });
  }

  /** Somebody gave up events of the journal. @param entries `bytes` of those that this outbox may not know */
  discard(entries: readonly { id: number; bytes: number }[]): void {
    const { backlog } = this.holdings;
    for (const { id, bytes } of entries) {
      const item = backlog?.byId.get(id);
      if (item !== undefined) this.giveUp(item, errors.discardedError(item.topic));
      else if (backlog?.endedRows.has(id) === false) backlog.met(bytes);
    }
  }

  /** Gives up what is in memory and meets a test. @returns how many */
  erase(test: (message: WireMessage) => boolean): number {
    const found = this.holdings.all().filter(({ message }) => message !== undefined && test(message));
    for (const item of found) this.giveUp(item, errors.erasedError(item.topic));
    return found.length;
  }

  /** Sends nothing more. */
  close(): void {
    this.closed = true;
    const { holdings } = this;
    for (const item of holdings.all().filter(({ state }) => state !== 'underWay' && state !== 'writing')) {
      if (holdings.backlog === undefined)
        holdings.end(item, { kind: 'unsent', error: errors.closedError(item.topic) });
      else holdings.end(item, { kind: 'kept' });
    }
  }

  /** After `close`: whether nothing is under way any more, to the broker or to the journal. */
  atRest(now: number): boolean {
    const { underWay, writing, backlog } = this.holdings;
    return underWay === 0 && writing.size === 0 && (backlog?.atRest(now) ?? true);
  }

  private goesAhead({ liveFirst, topic }: Item): boolean {
    if (!liveFirst || !this.connected) return false;
    const { lanes, backlog } = this.holdings;
    return lanes.hasLate(topic) || backlog?.hasLate === true;
  }

  private comeBack(item: Item, error: GridwireError, now: number): void {
    const { holdings } = this;
    const closed =
      holdings.backlog === undefined ? ({ kind: 'unsent', error } as const) : ({ kind: 'kept' } as const);
    const ending = item.fate ?? (this.closed ? closed : undefined);
    if (ending === undefined && item.deadline > now) {
      holdings.giveBack(item, now);
      return;
    }
    holdings.lanes.ended(item, now);
    holdings.end(item, ending ?? { kind: 'failed', error: errors.expiredError(item, now) });
  }

  private giveUp(item: Item, error: GridwireError): void {
    item.fate = { kind: 'failed', error };
    if (item.state !== 'underWay') this.holdings.end(item, item.fate);
  }

  private expired(item: Item, now: number): void {
    this.holdings.end(item, { kind: 'failed', error: errors.expiredError(item, now) });
  }
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return other === undefined || (one !== undefined && one < other) ? one : other;
}
