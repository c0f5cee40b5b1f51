import type { GridwireError } from '../errors.js';
import type { InboundMessage } from '../event.js';
import type { Broker, ConsumeOptions, Subscription } from './broker.js';
import { DropReport } from './drop-report.js';
import { Fifo } from './fifo.js';

const DEFAULT_LIMIT = 1_000;
const DEFAULT_CAPACITY = 10_000;

/**
 * `consume` for every broker: a subscription per channel that collects into a bounded buffer, and is settled on
 * arrival. Pull has no acknowledgement of its own, so whoever needs one subscribes.
 */
export class PullChannels {
  readonly #channels = new Map<string, Promise<Channel>>();

  constructor(
    private readonly subscribe: Broker['subscribe'],
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  async consume(name: string, options: ConsumeOptions = {}): Promise<InboundMessage[]> {
    const channel = await this.#open(name, options.capacity ?? DEFAULT_CAPACITY);
    if (channel.messages.length === 0 && (options.timeout ?? 0) > 0) await channel.wait(options.timeout ?? 0);
    const limit = options.limit ?? DEFAULT_LIMIT;
    const taken = channel.messages.first(limit);
    if (options.clear ?? true) channel.messages.drop(taken.length);
    return taken;
  }

  /** Ends all channels; nobody is to collect for them while this client is away. */
  async close(): Promise<void> {
    const channels = await Promise.allSettled(this.#channels.values());
    this.#channels.clear();
    for (const opened of channels) if (opened.status === 'fulfilled') await opened.value.close();
  }

  #open(name: string, capacity: number): Promise<Channel> {
    const known = this.#channels.get(name);
    if (known) return known;
    const channel = new Channel(name, capacity, this.tell);
    const opening = this.subscribe(
      name,
      (delivery) => {
        channel.add(delivery.message);
        delivery.settle('ack');
      },
      { qos: 1, window: capacity },
    ).then((subscription) => {
      channel.subscription = subscription;
      return channel;
    });
    opening.catch(() => this.#channels.delete(name));
    this.#channels.set(name, opening);
    return opening;
  }
}

class Channel {
  readonly messages = new Fifo<InboundMessage>();
  subscription: Subscription | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #dropped: DropReport;

  constructor(
    name: string,
    private readonly capacity: number,
    tell: (problem: GridwireError) => void,
  ) {
    const sentence = `The pull channel ${name} keeps ${capacity} messages and dropped its oldest; consume it more often or raise its capacity.`;
    this.#dropped = new DropReport('BROKER_QUOTA', sentence, tell);
  }

  add(message: InboundMessage): void {
    if (this.messages.length >= this.capacity) {
      const oldest = this.messages.shift();
      this.#dropped.add(oldest?.topic ?? message.topic);
    }
    this.messages.push(message);
    this.wake();
  }

  async close(): Promise<void> {
    this.wake();
    await this.subscription?.close({ unsubscribe: true });
  }

  wake(): void {
    for (const resume of this.#waiting) resume();
  }

  wait(milliseconds: number): Promise<void> {
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
