import type { Broker, PublishResult } from '../../brokers/broker.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import { Backlog, type Discarded, type Durable, type Kept } from './backlog.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { Dispatch, type Ending } from './dispatch.js';
import type { OutboxEntry, Sender } from './lane.js';
import { closedError, droppedError, outboxFull } from './outbox-errors.js';
import { DEFAULT_OUTBOX, expiryOf, NO_RETRY, type OutboxOptions, type SendRule } from './outbox-limits.js';

export type { OutboxOptions, SendRule } from './outbox-limits.js';

const SWEEP_INTERVAL = 1000;

/**
 * Between a node and its broker: keeps events, within bounds, until the broker has acknowledged them: in memory, and
 * with a journal also where they outlive the process; then they are kept before they are accepted, and memory holds
 * no more than a part of them.
 * Order is kept per topic, unless an event's rule says otherwise. A transient fault (broker away, timeout, quota) makes
 * events wait; a permanent one fails the event at once, or after its contract's retries where the broker itself
 * refused it. Every accepted event ends in exactly one resolved or rejected promise.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly dispatch: Dispatch;
  private readonly backlog: Backlog | undefined;
  private sequence = 0;
  /** What is in memory or on its way into the journal. */
  private readonly held = { count: 0, bytes: 0 };
  private readonly lost = { dropped: 0, expired: 0 };
  /** One error for as long as it is full: an error costs more than all else of a refusal, when there are thousands. */
  private full: GridwireError | undefined;
  private closed = false;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly broker: Broker,
    options: Partial<OutboxOptions> = {},
    /** Called after every change of `waiting` or of the breaker; cheap to call, throttle on the other side. */
    private readonly onChange: () => void = () => undefined,
    private readonly durable?: Durable,
  ) {
    this.options = { ...DEFAULT_OUTBOX, ...options };
    this.backlog =
      durable && new Backlog(durable.journal, { held: this.held, take: (entries) => this.takeUp(entries) });
    this.dispatch = new Dispatch(broker, this.options, {
      ended: (entry, ending) => this.end(entry, ending),
      changed: () => this.changed(),
    });
    this.backlog?.refill();
  }

  /** Events accepted and not yet acknowledged. */
  get size(): number {
    return this.held.count + (this.backlog?.count ?? 0);
  }

  /** Of these, how many wait because the broker cannot take them. */
  get waiting(): number {
    return this.size - this.dispatch.underWay;
  }

  get breakerState(): CircuitBreaker['state'] {
    return this.dispatch.breaker.state;
  }

  /** The latest fault that made events wait behind the breaker; undefined while it is closed. */
  get fault(): GridwireError | undefined {
    return this.dispatch.fault;
  }

  /** Whether events that waited for a connection are held back now by the rate that was set for them. */
  get draining(): boolean {
    return this.dispatch.holdsBack;
  }

  /** Events that gave way to newer ones, and those that waited too long. */
  get losses(): Readonly<{ dropped: number; expired: number }> {
    return this.lost;
  }

  /**
   * Accepts an event and delivers it.
   * @returns after the broker's acknowledgement; undefined, with a journal only, if the outbox was closed before, and
   *   the next one will deliver it
   * @throws GridwireError `OUTBOX_FULL`, `OUTBOX_DROPPED`, `OUTBOX_EXPIRED`, `OUTBOX_DISCARDED`, `EVENT_EXPIRED`,
   *   `BROKER_CLOSED`, the broker's permanent refusal, or why the journal could not keep the event
   */
  async send(
    message: WireMessage,
    { retry = NO_RETRY, liveFirst = false }: SendRule = {},
  ): Promise<PublishResult | undefined> {
    const { durable } = this;
    let id: number | undefined;
    if (durable === undefined) {
      this.reserve(message);
    } else {
      id = await this.keep(message, () => durable.journal.append(message));
      if (this.closed) return undefined;
    }
    const { topic, expiresAt } = message;
    return new Promise((resolve, reject) => {
      const sender = { message: { topic, expiresAt }, retry, acceptedAt: Date.now(), resolve, reject };
      this.place(message, id, sender, liveFirst);
    });
  }

  /**
   * Accepts an event for whose delivery nobody waits; it needs a journal.
   * @param commit writes the event into the journal, with whatever else belongs into that commit, and gives its id
   * @returns after the commit
   * @throws GridwireError `OUTBOX_FULL`, `BROKER_CLOSED`, or why the commit failed
   */
  async post(message: WireMessage, commit: () => Promise<number>): Promise<void> {
    const id = await this.keep(message, commit);
    if (!this.closed) this.place(message, id, undefined, false);
  }

  /**
   * Gives up events of the journal: those that wait are not sent any more, and whoever waits for one hears of it
   * (`OUTBOX_DISCARDED`). One that is under way ends as the broker says, and is not sent a second time.
   */
  discard(entries: readonly Discarded[]): void {
    this.dispatch.discard(new Set(entries.map(({ id }) => id)));
    this.backlog?.discard(entries);
    this.changed();
  }

  /** Stops sending. What waits fails with `BROKER_CLOSED`, or stays in the journal; what is under way ends as the broker says. */
  close(): void {
    this.closed = true;
    clearInterval(this.sweeper);
    for (const entry of this.dispatch.close()) {
      this.end(entry, { kind: 'unsent', error: closedError(entry.message.topic) });
    }
    this.backlog?.close();
  }

  /** After `close`: resolves when nothing is under way any more, at the latest after the patience (milliseconds). */
  async atRest(patience: number): Promise<void> {
    for (const end = Date.now() + patience; this.dispatch.underWay > 0 && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await this.durable?.journal.flush();
  }

  /** Finds room for an event, and keeps it in the journal. @returns its id there */
  private async keep(message: WireMessage, commit: () => Promise<number>): Promise<number> {
    if (this.backlog === undefined) throw new GridwireError('INTERNAL', 'This outbox has no journal.');
    // What an earlier process left counts among the limits.
    await this.backlog.open();
    this.reserve(message);
    try {
      return await this.backlog.add(commit);
    } catch (thrown) {
      this.release(messageBytes(message));
      throw toGridwireError(thrown);
    }
  }

  private reserve(message: WireMessage): void {
    const bytes = messageBytes(message);
    this.makeRoom(bytes);
    this.held.count += 1;
    this.held.bytes += bytes;
  }

  private makeRoom(bytes: number): void {
    if (this.closed)
      throw new GridwireError('BROKER_CLOSED', 'The node is being closed and accepts no more events.');
    const { maxCount, maxBytes, whenFull } = this.options;
    const all = (): number => this.held.bytes + (this.backlog?.bytes ?? 0);
    const isFull = (): boolean => this.size >= maxCount || all() + bytes > maxBytes;
    while (whenFull === 'drop-oldest' && isFull()) {
      const oldest = this.dispatch.takeOldestWaiting();
      if (oldest === undefined) break;
      this.end(oldest, { kind: 'failed', error: droppedError(oldest.message.topic) });
    }
    if (isFull()) throw (this.full ??= outboxFull(this.size, all()));
    this.full = undefined;
  }

  /** Gives an accepted event its place: to be sent, or in the journal until its turn comes. */
  private place(
    message: WireMessage,
    id: number | undefined,
    sender: Sender | undefined,
    liveFirst: boolean,
  ): void {
    const { backlog } = this;
    const bytes = messageBytes(message);
    const first = liveFirst && this.broker.isConnected() && this.hasOlder(message.topic);
    if (backlog === undefined || id === undefined) {
      this.add(message, bytes, undefined, sender, first);
    } else if (first && backlog.hasMemoryAhead) {
      backlog.takingAhead(id);
      this.add(message, bytes, id, sender, true);
    } else if (backlog.count === 0 && backlog.hasMemory) {
      backlog.taking(id);
      this.add(message, bytes, id, sender, false);
    } else {
      this.release(bytes);
      backlog.leave(id, bytes, sender);
    }
    this.sweep();
    this.dispatch.pump();
  }

  private add(
    message: WireMessage,
    bytes: number,
    journalId: number | undefined,
    sender: Sender | undefined,
    first: boolean,
  ): void {
    this.sequence = journalId ?? this.sequence + 1;
    const whoever = sender ?? this.unattended(message, Date.now());
    this.dispatch.add({ ...whoever, message, bytes, journalId, sequence: this.sequence, refusals: 0 }, first);
  }

  private hasOlder(topic: string): boolean {
    return this.dispatch.hasWaiting(topic) || (this.backlog?.count ?? 0) > 0;
  }

  /** Whoever sent it did not wait, or was another process. */
  private unattended(message: WireMessage, acceptedAt: number): Sender {
    return {
      message,
      retry: this.durable?.retry ?? NO_RETRY,
      acceptedAt,
      resolve: () => undefined,
      // Whoever discarded it knows.
      reject: (error) => {
        if (error.code !== 'OUTBOX_DISCARDED') this.durable?.onLost(error, message);
      },
    };
  }

  /** Takes events from the journal into memory. */
  private takeUp(entries: readonly Kept[]): void {
    for (const { id, message, enqueuedAt, sender = this.unattended(message, enqueuedAt) } of entries) {
      const bytes = messageBytes(message);
      this.held.count += 1;
      this.held.bytes += bytes;
      if (this.closed) sender.resolve(undefined);
      else this.add(message, bytes, id, sender, false);
    }
    this.sweep();
    this.dispatch.pump();
  }

  private end(entry: OutboxEntry, ending: Ending): void {
    this.release(entry.bytes);
    if (ending.kind === 'unsent') {
      // What the journal has is not lost.
      if (entry.journalId === undefined) entry.reject(ending.error);
      else entry.resolve(undefined);
      return;
    }
    if (entry.journalId !== undefined) this.backlog?.ended(entry.journalId);
    if (ending.kind === 'sent') entry.resolve(ending.result);
    else this.fail(entry, ending.error);
  }

  private fail(entry: OutboxEntry, error: GridwireError): void {
    if (error.code === 'OUTBOX_DROPPED') this.lost.dropped += 1;
    if (error.code === 'OUTBOX_EXPIRED' || error.code === 'EVENT_EXPIRED') this.lost.expired += 1;
    entry.reject(error);
  }

  private release(bytes: number): void {
    this.held.count -= 1;
    this.held.bytes -= bytes;
  }

  private changed(): void {
    this.backlog?.refill();
    this.onChange();
  }

  /** Looks for what has expired, once a second as long as anything is here. */
  private sweep(): void {
    if (this.sweeper !== undefined || this.closed) return;
    this.sweeper = setInterval(() => {
      this.dispatch.endExpired();
      this.backlog?.refuseWaiting((sender) => expiryOf(sender, this.options.maxAge));
      if (this.size === 0) {
        clearInterval(this.sweeper);
        this.sweeper = undefined;
      }
      this.changed();
    }, SWEEP_INTERVAL);
    this.sweeper.unref();
  }
}
