import { Fifo } from '../../fifo.js';
import type { Qos } from '../../event.js';
import type { Item } from './outbox-item.js';

/** So many that have ended may stand in a row before it is cleared of them. */
const DEAD = 32;

/**
 * The events of one topic, in order. Several may be under way, all of one QoS, because a broker hands on different
 * ones by different ways; after one came back, nothing new starts until all that are under way have ended, so that
 * what came back goes first. Events that may go before the older ones stand in a row of their own until they too have
 * waited for a connection.
 */
export class Lane {
  private readonly waiting = new Fifo<Item>();
  private readonly live = new Fifo<Item>();
  private underWay = 0;
  private qosUnderWay: Qos = 0;
  private recovering = false;
  private dead = 0;
  /** Nothing starts before this time. */
  notBefore = 0;
  /** Whether it stands in a row of lanes that may send. */
  queued = false;
  /** Its turn among the lanes. */
  turn = 0;

  constructor(readonly topic: string) {}

  get isEmpty(): boolean {
    return this.underWay === 0 && this.head() === undefined;
  }

  get hasLive(): boolean {
    return first(this.live) !== undefined;
  }

  /** Whether an event that may go first has older ones to pass: from before that time, or others do so already. */
  hasLate(time: number): boolean {
    return this.hasLive || (first(this.waiting)?.acceptedAt ?? Infinity) < time;
  }

  append(item: Item, ahead = false): void {
    (ahead ? this.live : this.waiting).insertFromEnd(item, (other) => other.order <= item.order);
  }

  /** The event to start next; undefined if there is none or the lane has to wait. */
  next(now: number): Item | undefined {
    if (now < this.notBefore || (this.recovering && this.underWay > 0)) return undefined;
    const head = this.head();
    if (head !== undefined && this.underWay > 0 && head.message?.qos !== this.qosUnderWay) return undefined;
    return head;
  }

  /** Takes what `next` returned, counted as under way. */
  start(item: Item): void {
    this.recovering = false;
    this.underWay += 1;
    this.qosUnderWay = item.message?.qos ?? 1;
    (first(this.live) === undefined ? this.waiting : this.live).shift();
  }

  ended(): void {
    this.underWay -= 1;
  }

  /** Takes back an event that is to be tried again, at its old place. */
  giveBack(item: Item, notBefore = 0): void {
    this.underWay -= 1;
    this.recovering = true;
    this.notBefore = Math.max(this.notBefore, notBefore);
    this.waiting.insertBefore(item, (other) => other.order > item.order);
  }

  /** The connection was lost: what was to go first waits like all others. */
  giveUpFirst(): void {
    for (let item = this.live.shift(); item !== undefined; item = this.live.shift())
      if (item.state === 'waiting') this.append(item);
  }

  /** One that stood here has ended. */
  died(): void {
    this.dead += 1;
    if (this.dead < DEAD || this.dead * 2 < this.waiting.length + this.live.length) return;
    this.dead = 0;
    for (const row of [this.waiting, this.live]) row.removeWhere(({ state }) => state !== 'waiting');
  }

  private head(): Item | undefined {
    return first(this.live) ?? first(this.waiting);
  }
}

/** The first that has not ended meanwhile. */
function first(row: Fifo<Item>): Item | undefined {
  for (let item = row.peek(); item !== undefined; item = row.peek()) {
    if (item.state === 'waiting') return item;
    row.shift();
  }
  return undefined;
}
