import { Fifo } from '../../fifo.js';
import type { NoRoom } from '../../brokers/broker.js';
import { PassingMap } from '../../passing-map.js';
import { Lane } from './lane.js';
import type { Item } from './outbox-item.js';
import { Times } from './times.js';

/** Bits of the kind of an event, by which it may have to wait while others may go. */
const QOS_2 = 1;
const EXPIRES = 2;
const LATE = 4;
const LIVE = 8;
const KINDS = 16;
/** Lanes that have become empty where they stand are cleared away beyond so many. */
const VANISHED = 1_024;

/**
 * Whose turn it is: the lanes of all topics that have events, each once, in rows by the kind of their next event.
 * What to do next costs the same however many topics wait.
 */
export class Lanes {
  private readonly byTopic = new PassingMap<string, Lane>();
  private readonly rows = Array.from({ length: KINDS }, () => new Fifo<Lane>());
  private readonly withLive = new Set<Lane>();
  /** Lanes whose next event alone has no room, and those that wait for their time. */
  private readonly aside = new Set<Lane>();
  private readonly delayed = new Times<Lane>();
  /** Kinds that have no room now. */
  private blocked = 0;
  private turns = 0;
  private vanished = 0;

  /** Events accepted before this time have waited for a connection. */
  connectedSince = -Infinity;

  /** @returns when a lane that waits for its time may send again */
  get wakeAt(): number | undefined {
    return this.delayed.first;
  }

  /** Whether some of a topic have waited for a connection. What waits for its turn only is not late. */
  hasLate(topic: string): boolean {
    return this.byTopic.get(topic)?.hasLate(this.connectedSince) ?? false;
  }

  /** @param ahead before the older events of its topic */
  append(item: Item, now: number, ahead = false): void {
    let lane = this.byTopic.get(item.topic);
    if (lane === undefined) this.byTopic.set(item.topic, (lane = new Lane(item.topic)));
    lane.append(item, ahead);
    if (ahead) this.withLive.add(lane);
    this.settle(lane, now);
  }

  /** The event whose turn it is. @param holdsLate those that have waited for a connection must wait on */
  next(now: number, holdsLate: boolean): Item | undefined {
    for (;;) {
      const kind = this.nextKind(this.blocked, holdsLate);
      const lane = kind === undefined ? undefined : this.rows[kind]?.peek();
      if (lane === undefined) return undefined;
      const item = lane.next(now);
      if (item !== undefined && this.kindOf(lane, item) === kind) return item;
      this.leaveRow(lane, kind as number);
      this.settle(lane, now);
    }
  }

  /** What `next` returned was written to the wire. */
  started(item: Item, now: number): void {
    const lane = this.laneOf(item);
    this.leaveRow(lane, this.kindOf(lane, item));
    lane.start(item);
    this.settle(lane, now);
  }

  /** What `next` returned has no room; `room` ends it. */
  noRoom(item: Item, why: Exclude<NoRoom, 'all'>): void {
    const lane = this.laneOf(item);
    const kind = this.kindOf(lane, item);
    if (why === 'kind') {
      this.blocked |= 1 << kind;
      return;
    }
    this.leaveRow(lane, kind);
    this.aside.add(lane);
  }

  /** What was refused room may be offered again. */
  room(now: number): void {
    this.blocked = 0;
    if (this.aside.size === 0) return;
    const lanes = [...this.aside];
    this.aside.clear();
    for (const lane of lanes) this.settle(lane, now);
  }

  /** What was under way has ended. */
  ended(item: Item, now: number): void {
    const lane = this.laneOf(item);
    lane.ended();
    this.settle(lane, now);
  }

  /** What was under way is to be tried again. */
  giveBack(item: Item, now: number, notBefore = 0): void {
    const lane = this.laneOf(item);
    lane.giveBack(item, notBefore);
    if (notBefore > now) this.delayed.add(notBefore, lane);
    this.settle(lane, now);
  }

  /** What was waiting has ended. */
  died(item: Item): void {
    const lane = this.byTopic.get(item.topic);
    lane?.died();
    if (lane?.isEmpty !== true) return;
    this.byTopic.delete(item.topic);
    this.withLive.delete(lane);
    this.vanished += 1;
    if (this.vanished > VANISHED && this.vanished > this.byTopic.size) this.clearAway();
  }

  /** The time of lanes that waited has come. */
  wake(now: number): void {
    while ((this.delayed.first ?? Infinity) <= now) {
      const lane = this.delayed.peek() as Lane;
      this.delayed.shift();
      this.settle(lane, now);
    }
  }

  /** The connection was lost: what was to go first waits like all others. */
  giveUpFirst(now: number): void {
    for (const lane of this.withLive) {
      lane.giveUpFirst();
      this.settle(lane, now);
    }
    this.withLive.clear();
  }

  private laneOf({ topic }: Item): Lane {
    return this.byTopic.get(topic) as Lane;
  }

  /** Puts a lane into its row if it may send, and forgets it if there is nothing in it. */
  private settle(lane: Lane, now: number): void {
    if (lane.queued || this.aside.has(lane)) return;
    const item = lane.next(now);
    if (item !== undefined) {
      lane.queued = true;
      lane.turn = this.turns += 1;
      this.rows[this.kindOf(lane, item)]?.push(lane);
    } else if (lane.isEmpty && this.byTopic.get(lane.topic) === lane) {
      this.byTopic.delete(lane.topic);
      this.withLive.delete(lane);
    }
  }

  private leaveRow(lane: Lane, kind: number): void {
    this.rows[kind]?.shift();
    lane.queued = false;
  }

  private nextKind(blocked: number, holdsLate: boolean): number | undefined {
    let found: number | undefined;
    let turn = Infinity;
    for (let kind = 0; kind < KINDS; kind += 1) {
      if ((blocked & (1 << kind)) !== 0 || (holdsLate && (kind & LATE) !== 0)) continue;
      const lane = this.rows[kind]?.peek();
      if (lane === undefined) continue;
      const own = (kind & LIVE) === 0 ? lane.turn : lane.turn - Number.MAX_SAFE_INTEGER;
      if (own < turn) [found, turn] = [kind, own];
    }
    return found;
  }

  private kindOf(lane: Lane, { message, expiresAt, acceptedAt }: Item): number {
    return (
      (message?.qos === 2 ? QOS_2 : 0) |
      (expiresAt === undefined ? 0 : EXPIRES) |
      (acceptedAt < this.connectedSince ? LATE : 0) |
      (this.withLive.has(lane) && lane.hasLive ? LIVE : 0)
    );
  }

  private clearAway(): void {
    this.vanished = 0;
    for (const row of this.rows) row.removeWhere(({ isEmpty }) => isEmpty);
  }
}
