import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { isTransient, toGridwireError, type GridwireError } from '../../../errors.js';
import type { ResolvedKafkaSettings } from '../cluster/kafka-settings.js';

export type Batch = Message[];

interface Taken {
  record: Message;
  /** Throws when its time is over; absent where it has none. */
  inTime: (() => void) | undefined;
  resolve: (id: string) => void;
  reject: (error: GridwireError) => void;
}

type Limits = Pick<ResolvedKafkaSettings, 'linger' | 'batchMessages' | 'batchBytes'>;

/**
 * The batch of one topic and QoS that is filled or under way; there is one at a time, so that nothing overtakes what
 * comes back. The first message of a batch waits `linger` for company.
 */
export class BatchLane {
  #batch: Taken[] = [];
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param send sends a batch whole; resolves to an id for each message, rejects with a GridwireError
   * @param idle told when nothing is here any more
   */
  constructor(
    private readonly limits: Limits,
    private readonly send: (batch: Batch) => Promise<string[]>,
    private readonly idle: () => void,
  ) {}

  get isSending(): boolean {
    return this.#sending !== undefined;
  }

  /** Whether a message of that size may be added now. */
  hasRoom(size: number): boolean {
    if (this.#sending) return false;
    return this.#batch.length === 0 || this.#bytes + size <= this.limits.batchBytes;
  }

  /** To be called if there is room. @returns the id that Kafka knows the message by */
  add(message: Pick<Taken, 'record' | 'inTime'>, size: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#batch.push({ ...message, resolve, reject });
      this.#bytes += size;
      const full = this.#batch.length >= this.limits.batchMessages || this.#bytes >= this.limits.batchBytes;
      if (full) this.#start();
      else this.#timer ??= setTimeout(() => this.#start(), this.limits.linger);
    });
  }

  /** Sends what is here now; resolves when every message has its answer. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) this.#start();
    await this.#sending;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#deliverAll();
  }

  async #deliverAll(): Promise<void> {
    const batch = this.#batch.filter(isInTime);
    this.#batch = [];
    this.#bytes = 0;
    if (batch.length > 0) await this.#deliver(batch);
    // Whoever sent them knows what became of them before anything else may be added.
    await nextTurn();
    this.#sending = undefined;
    this.idle();
  }

  /** @returns why the rest of the batch, which must not overtake this part, is not to be sent */
  async #deliver(batch: Taken[]): Promise<GridwireError | undefined> {
    try {
      const ids = await this.send(batch.map(({ record }) => record));
      batch.forEach(({ resolve }, index) => resolve(ids[index] ?? ''));
      return undefined;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      if (error.code === 'EVENT_EXPIRED') {
        const rest = batch.filter(isInTime);
        if (rest.length < batch.length) return rest.length === 0 ? undefined : this.#deliver(rest);
      }
      if (batch.length > 1 && concernsOneMessage(error)) {
        const half = batch.length >> 1;
        const stop = await this.#deliver(batch.slice(0, half));
        const rest = batch.slice(half);
        if (stop === undefined) return this.#deliver(rest);
        for (const { reject } of rest) reject(stop);
        return stop;
      }
      for (const { reject } of batch) reject(error);
      return isTransient(error) ? error : undefined;
    }
  }
}

/** One whose time is over is told so. */
function isInTime(message: Taken): boolean {
  try {
    message.inTime?.();
    return true;
  } catch (error) {
    message.reject(error as GridwireError);
    return false;
  }
}

/** Kafka refuses a batch for one bad record in it; in halves the good ones get through and the bad one is found. */
function concernsOneMessage({ code, details }: GridwireError): boolean {
  return code === 'BODY_TOO_LARGE' || details['kafkaError'] === 'INVALID_RECORD';
}
