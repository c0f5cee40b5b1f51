import type { PublishResult } from '../brokers/broker.js';
import type { RetryData } from '../contracts/contract-data.js';
import type { GridwireError } from '../errors.js';
import type { WireMessage } from '../event.js';

export interface OutboxEntry {
  /** Order of acceptance. */
  sequence: number;
  message: WireMessage;
  retry: RetryData;
  attempts: number;
  acceptedAt: number;
  /** Its id in the journal, where there is one. */
  journalId: number | undefined;
  /** @param result undefined: the journal keeps the event for the next process or the next deploy */
  resolve: (result: PublishResult | undefined) => void;
  reject: (error: GridwireError) => void;
}

/**
 * The events of one topic, in order. Several may be under way; after one came back, nothing new starts until all that
 * are under way have ended, so that what came back goes first and the order holds.
 */
export class Lane {
  private readonly waiting: OutboxEntry[] = [];
  private underWay = 0;
  private recovering = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly topic: string) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.underWay === 0;
  }

  /** The sequence of the first event that waits; Infinity if none does. */
  get firstSequence(): number {
    return this.waiting[0]?.sequence ?? Infinity;
  }

  append(entry: OutboxEntry): void {
    this.waiting.push(entry);
  }

  /** The next event to start, counted as under way; undefined if there is none or the lane has to wait. */
  next(): OutboxEntry | undefined {
    if (this.timer !== undefined || (this.recovering && this.underWay > 0)) return undefined;
    this.recovering = false;
    const entry = this.waiting.shift();
    if (entry !== undefined) this.underWay += 1;
    return entry;
  }

  ended(): void {
    this.underWay -= 1;
  }

  /** Takes back an event that is to be tried again, at its old place. */
  giveBack(entry: OutboxEntry): void {
    this.underWay -= 1;
    this.recovering = true;
    const index = this.waiting.findIndex((other) => other.sequence > entry.sequence);
    this.waiting.splice(index === -1 ? this.waiting.length : index, 0, entry);
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

  takeFirstWaiting(): OutboxEntry | undefined {
    return this.waiting.shift();
  }

  takeAllWaiting(): OutboxEntry[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    return this.waiting.splice(0);
  }

  /** Removes the waiting events for which the test says so. */
  removeWaiting(test: (entry: OutboxEntry) => boolean): void {
    for (let index = this.waiting.length - 1; index >= 0; index -= 1) {
      const entry = this.waiting[index];
      if (entry !== undefined && test(entry)) this.waiting.splice(index, 1);
    }
  }
}
