import type { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { EventStore } from '../../store/event-store.js';
import { persist } from './persist.js';
import type { ParkedMessage, Settlement as Settled } from '../../store/queue-stores.js';

/** A parked message whose time has come. */
export interface Resumed {
  key: string;
  message: InboundMessage;
  attempts: number;
  /** When it was parked first. */
  parkedAt: number;
}

/** Parked messages that are tried again at one time: bad ones must not crowd out the good. */
const AT_ONCE = 10;
/** Shortest wait before the store is asked again, milliseconds. */
const POLL = 100;
const LONGEST_WAIT = 60_000;
/** Bounds of what is kept while its owner works on it: what is beyond stays with its broker. */
const KEPT = { count: 1_000, bytes: 64 * 1024 * 1024 };
/** Parked messages that are also kept in memory, so that what their owner knows of them is known at the retry. */
const REMEMBERED = { any: 1_000, known: 20_000 };

/**
 * Keeps failed messages in a store until their next attempt, so that their broker can be told that they are settled.
 * What is parked when the process ends is taken up by the next one.
 */
export class Parking {
  private readonly running = new Set<string>();
  /** Kept here while their owner works on them, with the bytes of each. */
  private readonly kept = new Map<string, number>();
  private keptBytes = 0;
  private readonly remembered = new Map<string, InboundMessage>();
  private resume: (parked: Resumed) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextLook = Infinity;
  private asking = false;
  private closed = false;
  private parked = 0;

  /**
   * @param queue its name in the store
   * @param onTrouble told once whenever the store begins to fail
   */
  constructor(
    private readonly store: () => Promise<EventStore>,
    private readonly queue: (store: EventStore) => Promise<string>,
    private readonly onTrouble: (error: GridwireError) => void,
  ) {}

  /** Messages that wait here for another attempt, as of the last look. */
  get size(): number {
    return Math.max(0, this.parked - this.kept.size);
  }

  start(resume: (parked: Resumed) => void): void {
    this.resume = resume;
    void this.look();
  }

  /**
   * Commits what settles a message, trying until the store takes it: before that the message must not be settled.
   * @returns false if the parking was closed meanwhile
   */
  async commit(settled: Omit<Settled, 'queue'>): Promise<boolean> {
    const done = await this.persist(async (store) =>
      store.settle({ queue: await this.queue(store), ...settled }),
    );
    return done !== undefined;
  }

  /** Whether one more message of which its owner knows something can be remembered. */
  get remembersMore(): boolean {
    return this.remembered.size < REMEMBERED.known;
  }

  /**
   * As `commit`, for a message that is to be tried again.
   * @param isKnown its owner knows something of it that has to be known at the retry
   */
  async park(
    parked: Omit<ParkedMessage, 'parkedAt' | 'message'> & { message: InboundMessage },
    isKnown = false,
  ): Promise<boolean> {
    if (!(await this.commit({ park: parked }))) return false;
    this.parked += 1;
    if (this.remembered.size < (isKnown ? REMEMBERED.known : REMEMBERED.any))
      this.remembered.set(parked.key, parked.message);
    this.lookAt(parked.nextAttemptAt);
    return true;
  }

  /** Whether one more message may be kept while its owner works on it. */
  get hasRoom(): boolean {
    return this.kept.size < KEPT.count && this.keptBytes < KEPT.bytes;
  }

  /**
   * Writes down a message that its owner is still working on, so that its broker need not wait for it. Its owner ends it
   * as one that was resumed; should the owner be gone before, the next one resumes it.
   */
  async keep(key: string, message: InboundMessage, attempts: number): Promise<boolean> {
    this.kept.set(key, message.body.length);
    this.keptBytes += message.body.length;
    const reason = 'It takes long, and others wait for it.';
    if (!(await this.commit({ park: { key, message, attempts, nextAttemptAt: Date.now(), reason } })))
      return false;
    this.parked += 1;
    return true;
  }

  /** A resumed or a kept message has been released or parked again. */
  ended(key: string, released: boolean): void {
    this.running.delete(key);
    this.keptBytes -= this.kept.get(key) ?? 0;
    this.kept.delete(key);
    if (released) this.remembered.delete(key);
    this.parked -= 1;
    this.lookAt(0);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** @returns undefined if the parking was closed before it worked */
  persist<Result>(action: (store: EventStore) => Promise<Result>): Promise<{ result: Result } | undefined> {
    return persist(
      async () => action(await this.store()),
      () => this.closed,
      this.onTrouble,
    );
  }

  private lookAt(moment: number): void {
    this.nextLook = Math.min(this.nextLook, moment);
    if (this.closed || this.asking || this.nextLook === Infinity) return;
    clearTimeout(this.timer);
    const wait = Math.min(Math.max(POLL, this.nextLook - Date.now()), LONGEST_WAIT);
    this.timer = setTimeout(() => void this.look(), wait);
  }

  private async look(): Promise<void> {
    this.asking = true;
    this.nextLook = Infinity;
    const found = await this.persist(async (store) => {
      const { parked } = store;
      const queue = await this.queue(store);
      return {
        due: await parked.due(queue, Date.now(), AT_ONCE + this.running.size + this.kept.size),
        next: await parked.nextDueAt(queue),
        count: (await parked.usage(queue)).count,
      };
    });
    this.asking = false;
    if (found === undefined || this.closed) return;
    const { due, next, count } = found.result;
    this.parked = count;
    for (const parked of due) {
      if (this.running.size >= AT_ONCE) break;
      if (this.running.has(parked.key) || this.kept.has(parked.key)) continue;
      this.running.add(parked.key);
      const { key, attempts, parkedAt } = parked;
      this.resume({ key, message: this.inbound(parked), attempts, parkedAt });
    }
    // What is running lies in the store as due; when all places are taken, the next end looks again.
    const more = next !== undefined && this.running.size < AT_ONCE;
    this.lookAt(more ? Math.max(next, Date.now() + POLL * 5) : Infinity);
  }

  private inbound({ key, message, parkedAt }: ParkedMessage): InboundMessage {
    return this.remembered.get(key) ?? { ...message, receivedAt: parkedAt, redelivered: true };
  }
}
