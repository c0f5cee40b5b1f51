import type { PublishResult } from '../../brokers/broker.js';
import { Fifo } from '../../fifo.js';
import type { RetryData } from '../../contracts/contract-data.js';
import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';

/** Whoever waits for an event's end. */
export interface Sender {
  /** Not all of the message: of what waits in a journal, memory holds no bodies. */
  message: { topic: string; expiresAt?: number | undefined };
  retry: RetryData;
  acceptedAt: number;
  /** @param result undefined: the journal keeps the event for the next process or the next deploy */
  resolve: (result: PublishResult | undefined) => void;
  reject: (error: GridwireError) => void;
}

export interface OutboxEntry extends Sender {
  /** Order of acceptance. */
  sequence: number;
  message: WireMessage;
  bytes: number;
  /** How often the broker has refused it. */
  refusals: number;
  /** Its id in the journal, where there is one. */
  journalId: number | undefined;
  /** Given up while it was under way: it is not sent a second time. */
  discarded?: true;
}

/**
 * The events of one topic, in order. Several may be under way; after one came back, nothing new starts until all that
 * are under way have ended, so that what came back goes first and the order holds. Events that may go before the
 * older ones stand in a row of their own until they too have waited for a connection.
 */
export class Lane {
  private readonly waiting = new Fifo<OutboxEntry>();
  private readonly live = new Fifo<OutboxEntry>();
  private underWay = 0;
  private recovering = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly topic: string) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.live.length === 0 && this.underWay === 0;
  }

  /** Whether an event that may go first has older ones of its topic to pass. */
  get hasWaiting(): boolean {
    return this.waiting.length > 0 || this.live.length > 0;
  }

  get hasLive(): boolean {
    return this.live.length > 0;
  }

  /** The sequence of the first event that waits; Infinity if none does. */
  get firstSequence(): number {
    return (this.waiting.peek() ?? this.live.peek())?.sequence ?? Infinity;
  }

  append(entry: OutboxEntry, first: boolean): void {
    (first ? this.live : this.waiting).push(entry);
  }

  /** The event to start next; undefined if there is none or the lane has to wait. */
  peek(): OutboxEntry | undefined {
    if (this.timer !== undefined || (this.recovering && this.underWay > 0)) return undefined;
    return this.live.peek() ?? this.waiting.peek();
  }

  /** Takes what `peek` returned, counted as under way. */
  start(): void {
    this.recovering = false;
    this.underWay += 1;
    (this.live.length > 0 ? this.live : this.waiting).shift();
  }

  ended(): void {
    this.underWay -= 1;
  }

  /** Takes back an event that is to be tried again, at its old place. */
  giveBack(entry: OutboxEntry): void {
    this.underWay -= 1;
    this.recovering = true;
    this.putBack(entry);
  }

  giveBackAfter(entry: OutboxEntry, milliseconds: number, onReady: () => void): void {
    this.giveBack(entry);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      onReady();
    }, milliseconds);
    this.timer.unref();
  }

  /** The connection was lost: what was to go first waits like all others. */
  giveUpFirst(): void {
    for (let entry = this.live.shift(); entry !== undefined; entry = this.live.shift()) this.putBack(entry);
  }

  takeFirstWaiting(): OutboxEntry | undefined {
    return this.waiting.shift() ?? this.live.shift();
  }

  takeAllWaiting(): OutboxEntry[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.giveUpFirst();
    return this.waiting.takeAll();
  }

  /** Removes the waiting events for which the test says so. */
  removeWaiting(test: (entry: OutboxEntry) => boolean): void {
    this.waiting.removeWhere(test);
    this.live.removeWhere(test);
  }

  private putBack(entry: OutboxEntry): void {
    this.waiting.insertBefore(entry, (other) => other.sequence > entry.sequence);
  }
}
