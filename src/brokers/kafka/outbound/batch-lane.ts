import type { Message } from 'kafkajs';
import { toGridwireError, type GridwireError } from '../../../errors.js';
import { Fifo } from '../../../fifo.js';
import type { ResolvedKafkaSettings } from '../cluster/kafka-settings.js';

export type Batch = Message[];

interface Waiting {
  record: Message;
  size: number;
  resolve: (id: string) => void;
  reject: (error: GridwireError) => void;
}

type Limits = Pick<ResolvedKafkaSettings, 'linger' | 'batchMessages' | 'batchBytes'>;

/**
 * The messages of one topic and QoS on their way, in order: one batch is under way at a time, and what comes meanwhile
 * makes up the next. The first message of a quiet lane waits `linger` for company.
 */
export class BatchLane {
  readonly #waiting = new Fifo<Waiting>();
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param send sends a batch whole; resolves to an id for each message, rejects with a GridwireError
   * @param idle told when nothing waits and nothing is under way
   */
  constructor(
    private readonly limits: Limits,
    private readonly send: (batch: Batch) => Promise<string[]>,
    private readonly idle: () => void,
  ) {}

  /** @returns the id that Kafka knows the message by */
  add(record: Message, size: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, size, resolve, reject });
      this.#bytes += size;
      if (this.#sending) return;
      const full = this.#waiting.length >= this.limits.batchMessages || this.#bytes >= this.limits.batchBytes;
      if (full) this.#start();
      else this.#timer ??= setTimeout(() => this.#start(), this.limits.linger);
    });
  }

  /** Sends all that waits now; resolves when every message has its answer. */
  async flush(): Promise<void> {
    if (this.#waiting.length > 0) this.#start();
    await this.#sending;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#deliver(this.#take());
    this.#sending = undefined;
    this.idle();
  }

  #take(): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    for (;;) {
      const next = this.#waiting.peek();
      if (!next || taken.length >= this.limits.batchMessages) break;
      if (taken.length > 0 && bytes + next.size > this.limits.batchBytes) break;
      this.#waiting.shift();
      taken.push(next);
      bytes += next.size;
    }
    this.#bytes -= bytes;
    return taken;
  }

  async #deliver(batch: Waiting[]): Promise<void> {
    try {
      const ids = await this.send(batch.map(({ record }) => record));
      batch.forEach(({ resolve }, index) => resolve(ids[index] ?? ''));
    } catch (thrown) {
      const error = toGridwireError(thrown);
      if (batch.length > 1 && concernsOneMessage(error)) {
        const half = batch.length >> 1;
        await this.#deliver(batch.slice(0, half));
        await this.#deliver(batch.slice(half));
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}

/** Kafka refuses a batch for one bad record in it; in halves the good ones get through and the bad one is found. */
function concernsOneMessage({ code, details }: GridwireError): boolean {
  return code === 'BODY_TOO_LARGE' || details['kafkaError'] === 'INVALID_RECORD';
}
