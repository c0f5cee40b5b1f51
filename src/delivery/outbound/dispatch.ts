import type { Broker, PublishResult } from '../../brokers/broker.js';
import { type GridwireError, isTransient, toGridwireError } from '../../errors.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { DrainRate } from './drain-rate.js';
import type { Lane, OutboxEntry } from './lane.js';
import { Lanes } from './lanes.js';
import { discardedError } from './outbox-errors.js';
import { expiryOf, type OutboxOptions } from './outbox-limits.js';
import { retryDelay } from '../retry-rule.js';

/** How an event's time in an outbox ended: acknowledged, failed for good, or unsent because the outbox was closed. */
export type Ending =
  | { kind: 'sent'; result: PublishResult }
  | { kind: 'failed'; error: GridwireError }
  | { kind: 'unsent'; error: GridwireError };

export interface DispatchEvents {
  /** An event is no longer with the dispatch. */
  ended: (entry: OutboxEntry, ending: Ending) => void;
  /** Something may have changed that a status shows; called often. */
  changed: () => void;
}

/**
 * Hands events to a broker: in order per topic, within a window, and only while the broker can take them. What a
 * transient fault brings back is sent again; only the refusal of an event itself counts against it.
 */
export class Dispatch {
  readonly breaker: CircuitBreaker;
  private readonly lanes = new Lanes();
  private readonly drain: DrainRate;
  /** Handed to the broker and not yet acknowledged. */
  private readonly handedOver = new Set<OutboxEntry>();
  private closed = false;
  /** Events accepted before this moment have waited for a connection. */
  private connectedSince = Date.now();
  private lastFault: GridwireError | undefined;
  private readonly onState = (): void => this.stateChanged();

  constructor(
    private readonly broker: Broker,
    private readonly options: OutboxOptions,
    private readonly events: DispatchEvents,
  ) {
    this.breaker = new CircuitBreaker(options.breaker, () => this.pump());
    this.drain = new DrainRate(options.drainRate, () => this.pump());
    broker.on('state', this.onState);
  }

  /** Events handed to the broker and not yet acknowledged. */
  get underWay(): number {
    return this.handedOver.size;
  }

  /** The latest fault that made events wait behind the breaker. */
  get fault(): GridwireError | undefined {
    return this.breaker.state === 'closed' ? undefined : this.lastFault;
  }

  /** Whether the drain rate holds events back now. */
  get holdsBack(): boolean {
    return this.drain.holdsBack;
  }

  /** Whether a new event of this topic has older ones before it here. */
  hasWaiting(topic: string): boolean {
    return this.lanes.hasWaiting(topic);
  }

  /** @param first before the older events of its topic */
  add(entry: OutboxEntry, first = false): void {
    this.lanes.append(entry, first);
  }

  takeOldestWaiting(): OutboxEntry | undefined {
    return this.lanes.takeOldestWaiting();
  }

  /** Expiry must be told while the broker is away, not when it comes back. */
  endExpired(): void {
    this.lanes.removeWaiting((entry) => this.expired(entry));
  }

  /** Gives up what waits, and what is under way if it comes back. @param ids those of a journal */
  discard(ids: ReadonlySet<number>): void {
    const isMeant = ({ journalId }: OutboxEntry): boolean => journalId !== undefined && ids.has(journalId);
    for (const entry of this.handedOver) if (isMeant(entry)) entry.discarded = true;
    this.lanes.removeWaiting((entry) => {
      if (!isMeant(entry)) return false;
      this.events.ended(entry, discarded(entry));
      return true;
    });
  }

  /** Sends nothing more. @returns what was waiting; what is under way ends as the broker says */
  close(): OutboxEntry[] {
    this.closed = true;
    this.broker.off('state', this.onState);
    this.breaker.reset();
    this.drain.close();
    return this.lanes.takeAllWaiting();
  }

  pump(): void {
    for (const lane of this.lanes.turns()) {
      if (!this.maySend()) break;
      this.sendFrom(lane);
      this.lanes.hadTurn(lane);
    }
    this.events.changed();
  }

  private maySend(): boolean {
    return (
      !this.closed &&
      this.handedOver.size < this.options.window &&
      this.broker.isConnected() &&
      this.breaker.allows()
    );
  }

  private sendFrom(lane: Lane): void {
    while (this.maySend()) {
      const entry = lane.peek();
      if (entry === undefined) return;
      const expired = expiryOf(entry, this.options.maxAge);
      const late = entry.acceptedAt < this.connectedSince;
      if (expired === undefined && late && !this.drain.take()) return;
      lane.start();
      if (expired === undefined) this.start(lane, entry);
      else {
        lane.ended();
        this.events.ended(entry, { kind: 'failed', error: expired });
      }
    }
  }

  private start(lane: Lane, entry: OutboxEntry): void {
    this.handedOver.add(entry);
    this.breaker.started();
    this.broker.publish(entry.message).then(
      (result) => {
        this.handedOver.delete(entry);
        lane.ended();
        this.breaker.succeeded();
        this.events.ended(entry, { kind: 'sent', result });
        this.pump();
      },
      (thrown: unknown) => {
        this.handedOver.delete(entry);
        this.failed(lane, entry, toGridwireError(thrown));
        this.pump();
      },
    );
  }

  private failed(lane: Lane, entry: OutboxEntry, error: GridwireError): void {
    if (isTransient(error)) {
      this.wait(lane, entry, error);
      return;
    }
    this.breaker.succeeded();
    entry.refusals += 1;
    const again = error.code === 'BROKER_REFUSED' && entry.refusals < entry.retry.attempts;
    if (again && !this.closed && entry.discarded === undefined) {
      lane.giveBackAfter(entry, retryDelay(entry.retry, entry.refusals), () => this.pump());
      return;
    }
    lane.ended();
    this.events.ended(entry, { kind: 'failed', error });
  }

  private wait(lane: Lane, entry: OutboxEntry, error: GridwireError): void {
    // A lost connection heals by reconnecting; only faults of a broker that is there count for the breaker.
    if (this.broker.isConnected() && !this.closed) {
      this.lastFault = error;
      this.breaker.failed();
    }
    if (entry.discarded !== undefined || this.closed) {
      lane.ended();
      this.events.ended(entry, entry.discarded ? discarded(entry) : { kind: 'unsent', error });
      return;
    }
    lane.giveBack(entry);
  }

  private expired(entry: OutboxEntry): boolean {
    const error = expiryOf(entry, this.options.maxAge);
    if (error !== undefined) this.events.ended(entry, { kind: 'failed', error });
    return error !== undefined;
  }

  private stateChanged(): void {
    if (this.broker.isConnected()) {
      this.breaker.reset();
      this.connectedSince = Date.now();
    } else {
      this.lanes.giveUpFirst();
    }
    this.pump();
  }
}

function discarded({ message }: OutboxEntry): Ending {
  return { kind: 'failed', error: discardedError(message.topic) };
}
