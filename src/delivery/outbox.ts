import type { Broker, PublishResult } from '../brokers/broker.js';
import type { RetryData } from '../contracts/contract-data.js';
import { GridwireError, isTransient, toGridwireError } from '../errors.js';
import type { WireMessage } from '../event.js';
import { type BreakerOptions, CircuitBreaker, DEFAULT_BREAKER } from './circuit-breaker.js';
import { Lane, type OutboxEntry } from './lane.js';

export interface OutboxOptions {
  /** Most events that may wait or be under way. */
  maxCount: number;
  /** Most bytes of their bodies. */
  maxBytes: number;
  /** Milliseconds an event may wait before it fails. */
  maxAge: number;
  /** What happens to a new event when the outbox is full: it is refused, or the oldest waiting one gives way. */
  whenFull: 'reject' | 'drop-oldest';
  /** Most events handed to the broker and not yet acknowledged. */
  window: number;
  breaker: BreakerOptions;
}

export const DEFAULT_OUTBOX: OutboxOptions = {
  maxCount: 10_000,
  maxBytes: 64 * 1_048_576,
  maxAge: 24 * 3_600_000,
  whenFull: 'reject',
  window: 100,
  breaker: DEFAULT_BREAKER,
};

/** An event that is refused by the broker is not tried again unless its contract says so. */
const NO_RETRY: RetryData = { attempts: 1, delay: 0, factor: 1, maximumDelay: 0 };

const SWEEP_INTERVAL = 1000;

/**
 * Between a node and its broker: keeps events, in memory and within bounds, until the broker has acknowledged them.
 * Order is kept per topic. A transient fault (broker away, timeout, quota) makes events wait; a permanent one fails
 * the event at once, or after its contract's retries where the broker itself refused it. Every accepted event ends
 * in exactly one resolved or rejected promise.
 */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly lanes = new Map<string, Lane>();
  private readonly breaker: CircuitBreaker;
  private sequence = 0;
  private count = 0;
  private bytes = 0;
  private underWay = 0;
  private closed = false;
  private sweeper: NodeJS.Timeout | undefined;
  private readonly onState = (): void => this.stateChanged();

  constructor(
    private readonly broker: Broker,
    options: Partial<OutboxOptions> = {},
    /** Called after every change of `waiting` or of the breaker; cheap to call, throttle on the other side. */
    private readonly onChange: () => void = () => undefined,
  ) {
    this.options = { ...DEFAULT_OUTBOX, ...options };
    this.breaker = new CircuitBreaker(this.options.breaker, () => this.pump());
    broker.on('state', this.onState);
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
   * @returns after the broker's acknowledgement
   * @throws GridwireError `OUTBOX_FULL`, `OUTBOX_DROPPED`, `OUTBOX_EXPIRED`, `EVENT_EXPIRED`, `BROKER_CLOSED`, or the
   *   broker's permanent refusal
   */
  send(message: WireMessage, retry: RetryData = NO_RETRY): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      try {
        this.makeRoom(message);
      } catch (error) {
        reject(toGridwireError(error));
        return;
      }
      this.sequence += 1;
      this.count += 1;
      this.bytes += message.body.byteLength;
      const entry = {
        sequence: this.sequence,
        message,
        retry,
        attempts: 0,
        acceptedAt: Date.now(),
        resolve,
        reject,
      };
      this.laneOf(message.topic).append(entry);
      this.pump();
      this.startSweeper();
    });
  }

  /** Stops sending. What waits fails with `BROKER_CLOSED`; what is under way ends as the broker says. */
  close(): void {
    this.closed = true;
    this.broker.off('state', this.onState);
    this.breaker.reset();
    clearInterval(this.sweeper);
    for (const lane of this.lanes.values()) {
      for (const entry of lane.takeAllWaiting()) {
        const text = `The node was closed while an event for ${entry.message.topic} waited for its broker.`;
        this.settle(entry, new GridwireError('BROKER_CLOSED', text));
      }
    }
  }

  private makeRoom(message: WireMessage): void {
    if (this.closed)
      throw new GridwireError('BROKER_CLOSED', 'The node is being closed and accepts no more events.');
    const size = message.body.byteLength;
    const isFull = (): boolean =>
      this.count >= this.options.maxCount || this.bytes + size > this.options.maxBytes;
    while (this.options.whenFull === 'drop-oldest' && isFull()) {
      const oldest = this.oldestWaiting();
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
    for (const lane of this.lanes.values()) {
      if (!this.maySend()) break;
      this.sendFrom(lane);
      if (lane.isEmpty) {
        this.lanes.delete(lane.topic);
      } else if (!this.maySend()) {
        // To the end of the turn, so that a busy topic does not starve the others.
        this.lanes.delete(lane.topic);
        this.lanes.set(lane.topic, lane);
      }
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
    const now = Date.now();
    if (entry.message.expiresAt !== undefined && now > entry.message.expiresAt) {
      const text = `The event for ${entry.message.topic} expired ${now - entry.message.expiresAt} ms ago and was not sent: late is worse than never here.`;
      this.settle(entry, new GridwireError('EVENT_EXPIRED', text));
      return true;
    }
    if (now - entry.acceptedAt > this.options.maxAge) {
      const text = `The event for ${entry.message.topic} waited longer than ${this.options.maxAge} ms for the broker.`;
      this.settle(entry, new GridwireError('OUTBOX_EXPIRED', text));
      return true;
    }
    return false;
  }

  private settle(entry: OutboxEntry, outcome: PublishResult | GridwireError): void {
    this.count -= 1;
    this.bytes -= entry.message.body.byteLength;
    if (outcome instanceof GridwireError) entry.reject(outcome);
    else entry.resolve(outcome);
  }

  private oldestWaiting(): OutboxEntry | undefined {
    let oldest: Lane | undefined;
    for (const lane of this.lanes.values()) {
      if (lane.firstSequence < (oldest?.firstSequence ?? Infinity)) oldest = lane;
    }
    return oldest?.takeFirstWaiting();
  }

  private laneOf(topic: string): Lane {
    let lane = this.lanes.get(topic);
    if (lane === undefined) {
      lane = new Lane(topic);
      this.lanes.set(topic, lane);
    }
    return lane;
  }

  private stateChanged(): void {
    if (this.broker.isConnected()) this.breaker.reset();
    this.pump();
  }

  /** Expiry must be told while the broker is away, not when it comes back. */
  private startSweeper(): void {
    if (this.sweeper !== undefined) return;
    this.sweeper = setInterval(() => {
      for (const lane of this.lanes.values()) lane.removeWaiting((entry) => this.expired(entry));
      if (this.count === 0) {
        clearInterval(this.sweeper);
        this.sweeper = undefined;
      }
      this.onChange();
    }, SWEEP_INTERVAL);
    this.sweeper.unref();
  }
}
