import type { Broker, PublishResult } from '../brokers/broker.js';
import type { RetryData } from '../contracts/contract-data.js';
import { GridwireError, isTransient, toGridwireError } from '../errors.js';
import type { WireMessage } from '../event.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Lane, OutboxEntry } from './lane.js';
import { Lanes } from './lanes.js';
import { type Durable, readJournal } from './outbox-journal.js';
import { DEFAULT_OUTBOX, expiryOf, NO_RETRY, type OutboxOptions } from './outbox-limits.js';

export type { OutboxOptions } from './outbox-limits.js';

const SWEEP_INTERVAL = 1000;
/** Wait before a journal that could not be read is tried again, milliseconds. */
const LOAD_RETRY = 2_000;

/**
 * Between a node and its broker: keeps events, within bounds, until the broker has acknowledged them: in memory, and
 * with a journal also where they outlive the process; then they are kept before they are accepted.
 * Order is kept per topic. A transient fault (broker away, timeout, quota) makes events wait; a permanent one fails
 * the event at once, or after its contract's retries where the broker itself refused it. Every accepted event ends
 * in exactly one resolved or rejected promise.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly lanes = new Lanes();
  private readonly breaker: CircuitBreaker;
  private sequence = 0;
  private count = 0;
  private bytes = 0;
  private underWay = 0;
  private closed = false;
  private loading: Promise<void> | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private readonly onState = (): void => this.stateChanged();

  constructor(
    private readonly broker: Broker,
    options: Partial<OutboxOptions> = {},
    /** Called after every change of `waiting` or of the breaker; cheap to call, throttle on the other side. */
    private readonly onChange: () => void = () => undefined,
    private readonly durable?: Durable,
  ) {
    this.options = { ...DEFAULT_OUTBOX, ...options };
    this.breaker = new CircuitBreaker(this.options.breaker, () => this.pump());
    broker.on('state', this.onState);
    if (durable !== undefined) this.loadInTime();
  }

  /** Events accepted and not yet acknowledged. */
  get size(): number {
    return this.count;
  }

  /** Of these, how many wait because the broker cannot take them. */
  get waiting(): number {
    return this.count - this.underWay;
  }

  get breakerState(): CircuitBreaker['state'] {
    return this.breaker.state;
  }

  /**
   * Accepts an event and delivers it.
   * @returns after the broker's acknowledgement; undefined, with a journal only, if the outbox was closed before, and
   *   the next one will deliver it
   * @throws GridwireError `OUTBOX_FULL`, `OUTBOX_DROPPED`, `OUTBOX_EXPIRED`, `EVENT_EXPIRED`, `BROKER_CLOSED`, the
   *   broker's permanent refusal, or why the journal could not keep the event
   */
  async send(message: WireMessage, retry: RetryData = NO_RETRY): Promise<PublishResult | undefined> {
    this.makeRoom(message);
    this.count += 1;
    this.bytes += message.body.byteLength;
    const journalId = this.durable === undefined ? undefined : await this.keep(message, this.durable);
    if (this.closed) {
      this.leave(message);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.enqueue({ message, retry, acceptedAt: Date.now(), journalId, resolve, reject });
      this.pump();
    });
  }

  /** Stops sending. What waits fails with `BROKER_CLOSED`, or stays in the journal; what is under way ends as the broker says. */
  close(): void {
    this.closed = true;
    this.broker.off('state', this.onState);
    this.breaker.reset();
    clearInterval(this.sweeper);
    for (const entry of this.lanes.takeAllWaiting()) {
      const text = `The node was closed while an event for ${entry.message.topic} waited for its broker.`;
      this.unsent(entry, new GridwireError('BROKER_CLOSED', text));
    }
  }

  /** After `close`: resolves when nothing is under way any more, at the latest after the patience (milliseconds). */
  async atRest(patience: number): Promise<void> {
    for (const end = Date.now() + patience; this.underWay > 0 && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await this.durable?.journal.flush();
  }

  private async keep(message: WireMessage, { journal }: Durable): Promise<number> {
    try {
      await this.load();
      return await journal.append(message);
    } catch (thrown) {
      this.leave(message);
      throw toGridwireError(thrown);
    }
  }

  /** Takes up, once and before anything new, what an earlier outbox left in the journal. */
  private load(): Promise<void> {
    this.loading ??= this.loadAll().catch((thrown: unknown) => {
      this.loading = undefined;
      throw thrown;
    });
    return this.loading;
  }

  private async loadAll(): Promise<void> {
    if (this.durable === undefined) return;
    const { journal, onLost, retry = NO_RETRY } = this.durable;
    for (const { id, message, enqueuedAt } of await readJournal(journal)) {
      this.count += 1;
      this.bytes += message.body.byteLength;
      const reject = (error: GridwireError): void => onLost(error, message);
      this.enqueue({
        message,
        retry,
        acceptedAt: enqueuedAt,
        journalId: id,
        resolve: () => undefined,
        reject,
      });
    }
    if (!this.closed) this.pump();
  }

  /** Events of an earlier process must not wait for a new one to come; the store tells its own failures. */
  private loadInTime(): void {
    this.load().catch(() => {
      if (!this.closed) setTimeout(() => this.loadInTime(), LOAD_RETRY).unref();
    });
  }

  private enqueue(entry: Omit<OutboxEntry, 'sequence' | 'attempts'>): void {
    this.sequence += 1;
    this.lanes.append({ ...entry, sequence: this.sequence, attempts: 0 });
    this.startSweeper();
  }

  private makeRoom(message: WireMessage): void {
    if (this.closed)
      throw new GridwireError('BROKER_CLOSED', 'The node is being closed and accepts no more events.');
    const size = message.body.byteLength;
    const isFull = (): boolean =>
      this.count >= this.options.maxCount || this.bytes + size > this.options.maxBytes;
    while (this.options.whenFull === 'drop-oldest' && isFull()) {
      const oldest = this.lanes.takeOldestWaiting();
      if (oldest === undefined) break;
      const text = `The outbox is full, and the oldest event (for ${oldest.message.topic}) gave way to a newer one.`;
      this.settle(oldest, new GridwireError('OUTBOX_DROPPED', text));
    }
    if (isFull()) {
      throw new GridwireError(
        'OUTBOX_FULL',
        `The outbox is full: ${this.count} events (${this.bytes} bytes) wait for the broker. Restore the broker, raise the limits, or send less.`,
        { details: { count: this.count, bytes: this.bytes } },
      );
    }
  }

  private pump(): void {
    for (const lane of this.lanes) {
      if (!this.maySend()) break;
      this.sendFrom(lane);
      if (lane.isEmpty) this.lanes.remove(lane);
      else if (!this.maySend()) this.lanes.yieldTurn(lane);
    }
    this.onChange();
  }

  private maySend(): boolean {
    return (
      !this.closed &&
      this.underWay < this.options.window &&
      this.broker.isConnected() &&
      this.breaker.allows()
    );
  }

  private sendFrom(lane: Lane): void {
    while (this.maySend()) {
      const entry = lane.next();
      if (entry === undefined) return;
      if (this.expired(entry)) lane.ended();
      else this.start(lane, entry);
    }
  }

  private start(lane: Lane, entry: OutboxEntry): void {
    this.underWay += 1;
    entry.attempts += 1;
    this.breaker.started();
    this.broker.publish(entry.message).then(
      (result) => {
        this.underWay -= 1;
        lane.ended();
        this.breaker.succeeded();
        this.settle(entry, result);
        this.pump();
      },
      (thrown: unknown) => {
        this.underWay -= 1;
        this.failed(lane, entry, toGridwireError(thrown));
        this.pump();
      },
    );
  }

  private failed(lane: Lane, entry: OutboxEntry, error: GridwireError): void {
    if (isTransient(error) && !this.closed) {
      // A lost connection heals by reconnecting; only faults of a broker that is there count for the breaker.
      if (this.broker.isConnected()) this.breaker.failed();
      lane.giveBack(entry);
      return;
    }
    if (this.closed && isTransient(error)) {
      lane.ended();
      this.unsent(entry, error);
      return;
    }
    this.breaker.succeeded();
    if (error.code === 'BROKER_REFUSED' && entry.attempts < entry.retry.attempts && !this.closed) {
      const { delay, factor, maximumDelay } = entry.retry;
      const wait = Math.min(delay * factor ** (entry.attempts - 1), maximumDelay);
      lane.giveBackAfter(entry, wait, () => this.pump());
      return;
    }
    lane.ended();
    this.settle(entry, error);
  }

  private expired(entry: OutboxEntry): boolean {
    const error = expiryOf(entry, this.options.maxAge);
    if (error !== undefined) this.settle(entry, error);
    return error !== undefined;
  }

  private settle(entry: OutboxEntry, outcome: PublishResult | GridwireError): void {
    this.leave(entry.message);
    if (entry.journalId !== undefined) this.durable?.journal.remove(entry.journalId);
    if (outcome instanceof GridwireError) entry.reject(outcome);
    else entry.resolve(outcome);
  }

  /** The outbox closes: what the journal has is not lost. */
  private unsent(entry: OutboxEntry, error: GridwireError): void {
    this.leave(entry.message);
    if (entry.journalId === undefined) entry.reject(error);
    else entry.resolve(undefined);
  }

  private leave(message: WireMessage): void {
    this.count -= 1;
    this.bytes -= message.body.byteLength;
  }

  private stateChanged(): void {
    if (this.broker.isConnected()) this.breaker.reset();
    this.pump();
  }

  /** Expiry must be told while the broker is away, not when it comes back. */
  private startSweeper(): void {
    if (this.sweeper !== undefined) return;
    this.sweeper = setInterval(() => {
      this.lanes.removeWaiting((entry) => this.expired(entry));
      if (this.count === 0) {
        clearInterval(this.sweeper);
        this.sweeper = undefined;
      }
      this.onChange();
    }, SWEEP_INTERVAL);
    this.sweeper.unref();
  }
}
