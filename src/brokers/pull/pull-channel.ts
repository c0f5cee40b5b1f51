import { systemClock } from '../../clock.js';
import type { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { ConsumeOptions, Delivery, MessageTest, Subscription } from '../broker.js';
import { copyOf } from '../copy-message.js';
import { DropReport } from '../drop-report.js';
import { Fifo } from '../../fifo.js';
import { filterMatches } from '../topic-filter.js';

const DEFAULT_LIMIT = 1_000;

/** What has come on one channel and has not been taken yet: bounded, in order of arrival. */
export class Channel {
  subscription: Subscription | undefined;
  readonly #messages = new Fifo<InboundMessage>();
  readonly #waiting = new Set<() => void>();
  readonly #dropped: DropReport;
  #closed = false;

  constructor(
    name: string,
    private readonly capacity: number,
    private readonly wanted: MessageTest | undefined,
    tell: (problem: GridwireError) => void,
  ) {
    const sentence = `The pull channel ${name} keeps ${capacity} messages and dropped its oldest; consume it more often or raise its capacity.`;
    this.#dropped = new DropReport('BROKER_QUOTA', sentence, tell);
  }

  take(delivery: Delivery): void {
    const { message } = delivery;
    if (this.wanted?.(message) === false) {
      delivery.settle('ack');
      return;
    }
    if (this.#messages.length >= this.capacity) {
      const oldest = this.#messages.shift();
      this.#dropped.add(oldest?.topic ?? message.topic);
    }
    this.#messages.push(message);
    delivery.settle('ack');
    this.#wake();
  }

  /** Nothing once the channel is closed, however long the call was to wait. */
  async consume({ clear, limit, only, timeout = 0 }: ConsumeOptions): Promise<InboundMessage[]> {
    const until = systemClock.now() + timeout;
    let found = this.#find(limit, only);
    for (
      let left = timeout;
      found.length === 0 && left > 0 && !this.#closed;
      left = until - systemClock.now()
    ) {
      await this.#arrival(left);
      found = this.#find(limit, only);
    }
    if (this.#closed) return [];
    if (clear === false) return found.map(copyOf);
    this.#remove(found, only);
    return found;
  }

  /** @returns how many messages were left in it */
  async close(): Promise<number> {
    this.#closed = true;
    this.#wake();
    await this.subscription?.close({ unsubscribe: true });
    return this.#messages.length;
  }

  #find(limit = DEFAULT_LIMIT, only: ConsumeOptions['only']): InboundMessage[] {
    if (only === undefined) return this.#messages.first(limit);
    const test: MessageTest = typeof only === 'string' ? ({ topic }) => filterMatches(only, topic) : only;
    return this.#messages.first(this.#messages.length).filter(test).slice(0, limit);
  }

  #remove(taken: readonly InboundMessage[], only: ConsumeOptions['only']): void {
    if (only === undefined) {
      this.#messages.drop(taken.length);
    } else if (taken.length > 0) {
      const gone = new Set(taken);
      const kept = this.#messages.first(this.#messages.length).filter((message) => !gone.has(message));
      this.#messages.clear();
      this.#messages.putBack(kept);
    }
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
  }

  #arrival(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.#waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, milliseconds);
      this.#waiting.add(resume);
    });
  }
}
