import { createHash, randomUUID } from 'node:crypto';
import type { Delivery } from '../../brokers/broker.js';
import type { RetryData } from '../../contracts/contract-data.js';
import { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';
import type { Duplicates } from './duplicates.js';
import { HeldUp } from './held-up.js';
import type { Parking, Resumed } from './parking.js';
import { outageDelay, retryDelay, verdictOn } from '../retry-rule.js';

/** How one attempt at a message ended. `aborted`: whoever worked on it was stopped, which is nobody's fault. */
export type Outcome = Done | { kind: 'failed'; error: GridwireError } | { kind: 'aborted' };

export interface Done {
  kind: 'done';
  /** To be kept by the store in the commit that settles the message. */
  deadLetter?: NewDeadLetter;
}

export const DONE: Done = { kind: 'done' };

/** Names an event in all its runs. */
export interface Origin {
  key: string;
  /** An earlier run may have left something of this event elsewhere. */
  mayExist: boolean;
}

/** What is done with messages. No function may reject, and after `close` none needs to answer. */
export interface Work {
  /** @param attempt 1 for the first */
  process(message: InboundMessage, attempt: number, origin: Origin): Promise<Outcome>;
  /** Takes leave of a message that will not be tried again: its dead letter, or at least its report. */
  giveUp(message: InboundMessage, error: GridwireError, origin: Origin): Promise<Outcome>;
  /** By what a repetition is recognised; undefined for a message without an id. */
  idOf?: (message: InboundMessage) => string | undefined;
  /** Whether something is known of a message that has to be known at its next attempt, which is then made with the same object. */
  knows?: (message: InboundMessage) => boolean;
}

export interface SettlementOptions {
  retry: RetryData;
  /** Acknowledge before the work begins: what the work then loses is lost. */
  onReceipt: boolean;
  /** Where failed messages wait. Without it they stay unsettled, in memory, and take a place in the window. */
  parking?: Parking;
  /** Only with `parking`. */
  duplicates?: Duplicates;
}

/** A message in hand: of a broker, or taken from the parking. */
interface Item {
  message: InboundMessage;
  delivery?: Delivery;
  origin: Origin;
  key?: string;
  /** Resolves when the parking has a message that is still worked on. */
  kept?: Promise<boolean>;
  /** Set while this item is the one that deals with the id. */
  id?: string;
  /** Attempts made that count against the message. */
  attempts: number;
  /** When it first had to wait, milliseconds since the epoch. */
  waitsSince?: number;
}

/** Before something that was stopped is tried again: whoever stopped it is starting its successor. */
const AFTER_ABORT = 100;

/**
 * Between a broker's deliveries and the work on them: acknowledges a message when its work has been done, tries again
 * what failed, and gives up what cannot succeed. It never acknowledges what is neither done nor given up nor parked, so
 * that a process that dies at any moment is sent everything again that it had not finished.
 */
export class Settlement {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly heldUp = new HeldUp<Item>((item) => this.keep(item));
  private closed = false;

  constructor(
    private readonly work: Work,
    private readonly options: SettlementOptions,
  ) {
    options.parking?.start((resumed) => this.resume(resumed));
  }

  /** Failed messages that wait for their next attempt. */
  get waiting(): number {
    return this.timers.size + (this.options.parking?.size ?? 0);
  }

  take(delivery: Delivery): void {
    if (this.closed) return;
    if (this.options.onReceipt) delivery.settle('ack');
    const item: Item = { message: delivery.message, delivery, origin: originOf(delivery), attempts: 0 };
    if (this.options.parking !== undefined) this.heldUp.enter(item);
    void this.begin(item);
  }

  /** Settles nothing any more: what is unfinished stays with its broker, or parked. */
  close(): void {
    this.closed = true;
    this.heldUp.close();
    this.options.parking?.close();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private resume({ key, message, attempts, parkedAt }: Resumed): void {
    if (!this.closed)
      void this.begin({
        ...{ key, message, attempts, waitsSince: parkedAt },
        origin: { key, mayExist: true },
      });
  }

  /** The work goes on; its message waits in the parking instead of with its broker. */
  private keep(item: Item): void {
    const { parking } = this.options;
    if (item.kept !== undefined || parking?.hasRoom !== true) return;
    const key = (item.key ??= randomUUID());
    item.kept = parking.keep(key, item.message, item.attempts).then((kept) => {
      if (kept && !this.closed) this.settled(item);
      return kept;
    });
  }

  private async begin(item: Item): Promise<void> {
    const { duplicates } = this.options;
    const id = duplicates && this.work.idOf?.(item.message);
    if (duplicates !== undefined && id !== undefined) {
      const isNew = await duplicates.begin(id);
      if (this.closed) return;
      if (!isNew) return this.finish(item, DONE);
      item.id = id;
    }
    return this.attempt(item);
  }

  private async attempt(item: Item): Promise<void> {
    const late = expiry(item.message);
    if (late !== undefined) return this.giveUp(item, late);
    const outcome = await this.work.process(item.message, item.attempts + 1, item.origin);
    item.origin = { ...item.origin, mayExist: true };
    if (this.closed) return;
    if (outcome.kind === 'done') return this.finish(item, outcome);
    if (outcome.kind === 'failed') return this.failed(item, outcome.error);
    this.inMemory(item, AFTER_ABORT);
  }

  private async failed(item: Item, error: GridwireError): Promise<void> {
    const { retry } = this.options;
    const verdict = verdictOn(error);
    if (verdict !== 'wait') item.attempts += 1;
    if (verdict === 'never') return this.giveUp(item, error);
    if (item.attempts >= retry.attempts) return this.giveUp(item, exhausted(error, item.attempts));
    return this.later(item, error);
  }

  private async giveUp(item: Item, error: GridwireError): Promise<void> {
    const outcome = await this.work.giveUp(item.message, error, item.origin);
    if (this.closed) return;
    if (outcome.kind === 'done') return this.finish(item, outcome);
    return this.later(item, outcome.kind === 'failed' ? outcome.error : error);
  }

  /** Writes down what has to be, then settles. */
  private async finish(item: Item, { deadLetter }: Done): Promise<void> {
    // What is being written down for good must not be kept besides.
    this.heldUp.leave(item);
    const { parking, duplicates } = this.options;
    const { id, key, kept } = item;
    if (kept !== undefined && !(await kept)) return;
    if (parking !== undefined && (key !== undefined || id !== undefined || deadLetter !== undefined)) {
      const committed = await parking.commit({
        ...(key === undefined ? {} : { release: key }),
        ...(id === undefined || duplicates === undefined ? {} : { mark: duplicates.mark(id, Date.now()) }),
        ...(deadLetter === undefined ? {} : { deadLetter }),
      });
      if (!committed) return;
    }
    this.leave(item, true);
  }

  private async later(item: Item, error: GridwireError): Promise<void> {
    this.heldUp.leave(item);
    const { parking, retry } = this.options;
    item.waitsSince ??= Date.now();
    const wait =
      verdictOn(error) === 'wait'
        ? outageDelay(retry, Date.now() - item.waitsSince)
        : retryDelay(retry, item.attempts);
    const isKnown = this.work.knows?.(item.message) === true;
    if (parking === undefined || (isKnown && !parking.remembersMore)) {
      this.inMemory(item, wait);
      return;
    }
    const { message, attempts, kept } = item;
    if (kept !== undefined && !(await kept)) return;
    const key = item.key ?? randomUUID();
    const nextAttemptAt = Date.now() + wait;
    if (await parking.park({ key, message, attempts, nextAttemptAt, reason: error.message }, isKnown))
      this.leave(item, false);
  }

  /** The message has left its broker, and the parking if it was released. */
  private leave(item: Item, released: boolean): void {
    const { key, id } = item;
    this.settled(item);
    if (id !== undefined) this.options.duplicates?.end(id);
    if (key !== undefined) this.options.parking?.ended(key, released);
  }

  private settled(item: Item): void {
    this.heldUp.leave(item);
    item.delivery?.settle('ack');
    delete item.delivery;
  }

  private inMemory(item: Item, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(item);
    }, milliseconds);
    this.timers.add(timer);
  }
}

/** Late is worse than never for what carries an expiry: commands. */
function expiry({ expiresAt, topic }: InboundMessage): GridwireError | undefined {
  if (expiresAt === undefined || Date.now() <= expiresAt) return undefined;
  const late = Date.now() - expiresAt;
  return new GridwireError(
    'EVENT_EXPIRED',
    `The event on ${topic} expired ${late} ms ago; it is not processed.`,
  );
}

function exhausted(cause: GridwireError, attempts: number): GridwireError {
  return new GridwireError(
    'RETRIES_EXHAUSTED',
    `Given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${cause.message}`,
    { cause, details: { attempts, code: cause.code } },
  );
}

function originOf({ identity, message }: Delivery): Origin {
  if (identity === undefined) return { key: randomUUID(), mayExist: false };
  // A place in a log is never given to another message; what names a message elsewhere may be used again.
  const mayExist = message.redelivered || message.position !== undefined;
  return { key: createHash('sha256').update(identity).digest('base64url'), mayExist };
}
