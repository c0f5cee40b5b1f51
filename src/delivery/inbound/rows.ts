import { messageBytes, type InboundMessage } from '../../event.js';
import type { ParkedMessage } from '../../store/queue-stores.js';
import type { Item } from './item.js';
import { AT_ONCE } from './places.js';
import type { Loaded } from './effects.js';

/** Rows read at one time: what runs, and what runs next. */
const PAGE = 2 * AT_ONCE;
/** What others do to the queue (discard, erase, a queue that was taken over) is seen after so long at the latest. */
const LONGEST_WAIT = 60_000;
/** Parked messages that are also kept in memory, so that what their owner knows of them is known at the retry. */
const REMEMBERED = { any: 1_000, known: 20_000, bytes: 64 * 1024 * 1024 };

interface Remembered {
  message: InboundMessage;
  /** By the clock that does not jump; a row can only say it by the machine's. */
  expiresAt: number | undefined;
  bytes: number;
  /** When its row falls due. */
  at: number;
}

/**
 * What the inbox knows of its rows in the store: when to look, what to make of an answer that is older than what has
 * happened since, and how many there are.
 */
export class Rows {
  /** When a row falls due, as far as is known. */
  private dueAt = 0;
  private loading: { at: number; limit: number } | undefined;
  /** Keys that were written or released since the question was asked: its answer says nothing about them. */
  private readonly touched = new Set<string>();
  private readonly remembered = new Map<string, Remembered>();
  private rememberedBytes = 0;
  private count = 0;

  /** Rows that wait for an attempt, about. */
  get waiting(): number {
    return this.count;
  }

  get isLoading(): boolean {
    return this.loading !== undefined;
  }

  /** When to look; it moves only to an earlier time, or by a look. */
  get next(): number {
    return this.dueAt;
  }

  look(at: number): void {
    this.dueAt = Math.min(this.dueAt, at);
  }

  /** @returns how many rows to ask for */
  ask(now: number): number {
    this.loading = { at: now, limit: PAGE };
    this.touched.clear();
    this.dueAt = Infinity;
    return PAGE;
  }

  failed(retryAt: number): void {
    this.loading = undefined;
    this.look(retryAt);
  }

  /**
   * Takes an answer.
   * @param isInHand whether the table has a message, whatever the store said when it was asked
   * @returns the rows that are due and nobody's yet
   */
  loaded({ due, next, count }: Loaded, isInHand: (key: string) => boolean): ParkedMessage[] {
    const { at, limit } = this.loading ?? { at: 0, limit: 0 };
    this.loading = undefined;
    this.count = count;
    const fresh = due.filter(({ key }) => !this.touched.has(key) && !isInHand(key));
    const isWhole = due.length < limit;
    if (isWhole) this.forgetDiscarded(at, new Set(due.map(({ key }) => key)), isInHand);
    this.look(isWhole ? Math.min(next ?? Infinity, at + LONGEST_WAIT) : at);
    this.touched.clear();
    return fresh;
  }

  get remembersMore(): boolean {
    return this.remembered.size < REMEMBERED.known && this.rememberedBytes < REMEMBERED.bytes;
  }

  /**
   * A message waits in the store for an attempt.
   * @param isKnown its owner knows something of it, so it is worth more room
   * @param isNew it is not one of those that were counted before
   */
  parked({ key, message, expiresAt }: Item, at: number, isKnown: boolean, isNew: boolean): void {
    this.touched.add(key);
    this.look(at);
    if (isNew) this.count += 1;
    this.forget(key);
    if (this.remembered.size >= (isKnown ? REMEMBERED.known : REMEMBERED.any)) return;
    const bytes = messageBytes(message);
    if (this.rememberedBytes + bytes > REMEMBERED.bytes) return;
    this.remembered.set(key, { message, expiresAt, bytes, at });
    this.rememberedBytes += bytes;
  }

  /** A row is being written. */
  written(key: string): void {
    this.touched.add(key);
  }

  /** A row is out of the store. @param counted it was one of those that wait for an attempt */
  released(key: string, counted: boolean): void {
    this.touched.add(key);
    if (counted) this.count = Math.max(0, this.count - 1);
  }

  /** What is remembered of a row, which is in hand from now on. */
  recall(key: string): Pick<Remembered, 'message' | 'expiresAt'> | undefined {
    const known = this.remembered.get(key);
    this.forget(key);
    return known;
  }

  /** @returns how many were remembered and name what is to be forgotten */
  erase(names: (message: InboundMessage) => boolean): number {
    const found = [...this.remembered].filter(([, { message }]) => names(message));
    for (const [key] of found) this.forget(key);
    return found.length;
  }

  /** What is remembered, for a test that it is bounded. */
  get memory(): { messages: number; bytes: number } {
    return { messages: this.remembered.size, bytes: this.rememberedBytes };
  }

  /** What was due when the store was asked, and is not there, was discarded by somebody else. */
  private forgetDiscarded(at: number, found: ReadonlySet<string>, isInHand: (key: string) => boolean): void {
    for (const [key, row] of this.remembered)
      if (row.at <= at && !found.has(key) && !this.touched.has(key) && !isInHand(key)) this.forget(key);
  }

  private forget(key: string): void {
    this.rememberedBytes -= this.remembered.get(key)?.bytes ?? 0;
    this.remembered.delete(key);
  }
}
