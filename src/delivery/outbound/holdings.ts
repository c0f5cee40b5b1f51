import type { WireMessage } from '../../event.js';
import { messageBytes } from '../../event.js';
import { PassingMap } from '../../passing-map.js';
import type { NamedRow } from '../../store/queue-stores.js';
import { Backlog } from './backlog.js';
import { Deadlines } from './deadlines.js';
import type { KeptEntry, Origin } from './journal.js';
import { Lanes } from './lanes.js';
import type { Effect } from './outbox-effects.js';
import type { Ending, Item } from './outbox-item.js';
import { SentBefore } from './sent-before.js';
import { type MemoryLimits, NO_RETRY, type SendRule } from './outbox-limits.js';
import type { RetryData } from '../../contracts/contract-data.js';

/** What is known of an event when it comes. */
export interface Given {
  key: number;
  message: WireMessage;
  rule: SendRule;
  expiresAt: number | undefined;
  origin?: Origin | undefined;
  attended: boolean;
  bytes: number;
}

const NOTHING = { count: 0, bytes: 0 };
/** How many of the oldest are looked at, beyond those that may be under way. */
const LOOKED_AT = 100;

/** The one account of an outbox: each event, where it stands, and what all of them occupy. */
export class Holdings {
  readonly backlog: Backlog | undefined;
  readonly lanes = new Lanes();
  readonly deadlines = new Deadlines();
  readonly losses = { dropped: 0, expired: 0 };
  /** What is in memory or on its way into the journal. */
  readonly held = { count: 0, bytes: 0 };
  /** On their way into the journal, by the name of their origin. */
  readonly writing = new PassingMap<string, Item>();
  underWay = 0;
  private readonly items = new PassingMap<number, Item>();
  private adopted = 0;

  /** @param retry the rule for events that nobody waits for */
  constructor(
    hasJournal: boolean,
    private readonly maxAge: number,
    private readonly inMemory: MemoryLimits,
    private readonly retry: RetryData,
    private readonly effects: Effect[],
    private readonly sentBefore = new SentBefore(),
  ) {
    this.backlog = hasJournal ? new Backlog(inMemory) : undefined;
  }

  /** Events accepted and not yet ended. */
  get size(): number {
    return this.items.size + (this.backlog?.strangers.count ?? 0);
  }

  get bytes(): number {
    const { left = NOTHING, strangers = NOTHING } = this.backlog ?? {};
    return this.held.bytes + left.bytes + strangers.bytes;
  }

  /** Whether one more may be in memory. @param times as often as the limit says: what goes first may be beyond it */
  fits(times: 1 | 2): boolean {
    const { held, inMemory } = this;
    return held.count <= times * inMemory.count && held.bytes <= times * inMemory.bytes;
  }

  all(): Item[] {
    return [...this.items.values()];
  }

  /** The oldest that is neither under way nor on its way into the journal; undefined if there is none near the front. */
  oldestWaiting(window: number): Item | undefined {
    for (const item of this.front(window)) if (item.state === 'waiting' || item.state === 'left') return item;
    return undefined;
  }

  /** Those near the front, about in the order in which they were accepted: as many as may be under way, and some more. */
  *front(window: number): Generator<Item> {
    let looks = window + LOOKED_AT;
    for (const item of this.items.values()) {
      yield item;
      looks -= 1;
      if (looks === 0) return;
    }
  }

  add({ key, message, rule, expiresAt, origin, attended, bytes }: Given, now: number): Item {
    const { retry = NO_RETRY, liveFirst = false } = rule;
    const waiters = attended ? [key] : [];
    return this.enter({
      key,
      message,
      bytes,
      acceptedAt: now,
      expiresAt,
      origin: origin?.name,
      isAgain: origin?.found === 'same',
      after: origin?.found === 'other' ? (this.backlog?.newest ?? 0) : 0,
      waiters,
      retry,
      liveFirst,
    });
  }

  /** Ends an event that was sent before its source brought it again. @returns whether it was */
  wasSent(item: Item): boolean {
    const { origin, message, isAgain } = item;
    if (origin === undefined || message === undefined) return false;
    if (!isAgain) this.sentBefore.forget(origin);
    const result = isAgain ? this.sentBefore.find(origin, message) : undefined;
    if (result !== undefined) this.end(item, { kind: 'sent', result });
    return result !== undefined;
  }

  /** Takes an event that an earlier process left, or that nobody waits for. */
  adopt({ id, message, origin, age, timeToLive }: KeptEntry, now: number): Item {
    const acceptedAt = now - age;
    const item = this.enter({
      ...{ key: (this.adopted -= 1), message, bytes: messageBytes(message), acceptedAt },
      ...{ expiresAt: timeToLive === undefined ? undefined : acceptedAt + timeToLive },
      ...{ origin, isAgain: true, after: 0, waiters: [], retry: this.retry, liveFirst: false },
    });
    item.id = item.order = id;
    this.backlog?.byId.set(id, item);
    return item;
  }

  /** @param ahead before the older events of its topic */
  intoMemory(item: Item, now: number, ahead: boolean): void {
    if (item.state === 'left') {
      this.backlog?.unleave(item);
      this.hold(item, 1);
    }
    item.state = 'waiting';
    this.lanes.append(item, now, ahead);
  }

  /** Leaves an event to the journal until its turn comes. */
  leave(item: Item): void {
    this.hold(item, -1);
    if (item.waiters.length > 0) {
      item.state = 'left';
      item.message = undefined;
      this.backlog?.leave(item);
      return;
    }
    this.forget(item);
    const { strangers } = this.backlog as Backlog;
    strangers.count += 1;
    strangers.bytes += item.bytes;
  }

  started(item: Item, now: number): void {
    this.lanes.started(item, now);
    item.state = 'underWay';
    this.underWay += 1;
  }

  giveBack(item: Item, now: number, notBefore = 0): void {
    item.state = 'waiting';
    this.underWay -= 1;
    this.lanes.giveBack(item, now, notBefore);
  }

  /** An event is not on its way into the journal any more. @param row where it is now */
  notWriting(item: Item, row?: NamedRow): void {
    if (row?.changed === true) this.renew(item, row.id);
    if (item.origin !== undefined && this.writing.get(item.origin) === item) this.writing.delete(item.origin);
  }

  /**
   * Nobody knows whether an event was written. Where it is being written once more, that write finds the row, and so
   * does a look where another event had the name: a row of that one must not be taken away.
   */
  revoke(item: Item): void {
    const { origin } = item;
    const again = origin === undefined ? undefined : this.writing.get(origin);
    if (again !== undefined) again.inheritsRow = true;
    if (origin === undefined || again !== undefined) return;
    if (item.isAgain || this.namesakeOf(item) === undefined) this.backlog?.revoke(origin);
    else this.backlog?.search();
  }

  /**
   * An event has a row.
   * @returns whether the row is one that this outbox knows, and follows already
   */
  followRow(item: Item, { id, existed }: NamedRow): boolean {
    const { backlog } = this;
    const known = backlog?.byId.get(id);
    if (known !== undefined) {
      this.follow(item, known);
      return true;
    }
    const ended = backlog?.endedRows.get(id);
    if (ended !== undefined) this.end(item, ended);
    else if (existed) backlog?.met(item.bytes);
    return ended !== undefined;
  }

  /**
   * A row has the content now that its event has in the latest run: so has what is known of the row, unless it is on the
   * wire. An event of which several messages are made may bring them in another order each time, so to keep what was
   * there would send one of them twice and another never.
   */
  private renew({ message, bytes, topic }: Item, id: number): void {
    const known = this.backlog?.byId.get(id);
    this.backlog?.renewed(id);
    if (message === undefined || known?.state !== 'waiting' || known.topic !== topic) return;
    this.hold(known, -1);
    known.message = message;
    known.bytes = bytes;
    this.hold(known, 1);
  }

  /** An event that could not be written follows one in memory that stands for the same. @returns whether there is one */
  followName(item: Item): boolean {
    const known = item.isAgain ? this.namesakeOf(item) : undefined;
    if (known !== undefined) this.follow(item, known);
    return known !== undefined;
  }

  private namesakeOf({ origin }: Item): Item | undefined {
    if (origin === undefined) return undefined;
    for (const known of this.backlog?.byId.values() ?? []) if (known.origin === origin) return known;
    return undefined;
  }

  private follow(item: Item, known: Item): void {
    known.waiters.push(...item.waiters);
    this.hold(item, -1);
    this.forget(item);
  }

  /** An event comes to its end, which is told. */
  end(item: Item, ending: Ending): void {
    const { state, message, id, origin } = item;
    if (state === 'ended') return;
    // Also where somebody waits for the answer: a deploy may be closing him, and he brings it again.
    if (ending.kind === 'sent' && origin !== undefined && message !== undefined)
      this.sentBefore.add(origin, message, ending.result);
    if (state === 'left') this.backlog?.unleave(item);
    else this.hold(item, -1);
    if (state === 'underWay') this.underWay -= 1;
    this.forget(item);
    if (state === 'waiting') this.lanes.died(item);
    const isOver = ending.kind === 'sent' || ending.kind === 'failed';
    if (id !== undefined && isOver) this.backlog?.remove(id, ending);
    if (ending.kind === 'failed') this.countLoss(ending.error.code);
    if (item.waiters.length > 0) this.effects.push({ do: 'tell', item, ending });
    else if (ending.kind === 'failed' && item.fate === undefined && message !== undefined)
      this.effects.push({ do: 'lose', message, error: ending.error });
    if (state === 'writing') item.fate = ending;
  }

  private enter(
    given: Omit<Item, 'state' | 'topic' | 'deadline' | 'order' | 'id' | 'inheritsRow' | 'refusals' | 'fate'>,
  ): Item {
    const { message, expiresAt = Infinity, acceptedAt } = given;
    const item: Item = {
      ...given,
      state: 'writing',
      topic: message?.topic ?? '',
      deadline: Math.min(expiresAt, acceptedAt + this.maxAge),
      order: 0,
      id: undefined,
      inheritsRow: false,
      refusals: 0,
      fate: undefined,
    };
    this.items.set(item.key, item);
    this.hold(item, 1);
    this.deadlines.add(item, this.items.size);
    return item;
  }

  private forget(item: Item): void {
    item.state = 'ended';
    item.message = undefined;
    this.items.delete(item.key);
    if (item.id !== undefined && this.backlog?.byId.get(item.id) === item) this.backlog.byId.delete(item.id);
  }

  private hold({ bytes }: Item, by: 1 | -1): void {
    this.held.count += by;
    this.held.bytes += by * bytes;
  }

  private countLoss(code: string): void {
    if (code === 'OUTBOX_DROPPED') this.losses.dropped += 1;
    if (code === 'OUTBOX_EXPIRED' || code === 'EVENT_EXPIRED') this.losses.expired += 1;
  }
}
