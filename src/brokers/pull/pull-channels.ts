import { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { Broker, ChannelOptions, ConsumeOptions, PullChannel } from '../broker.js';
import { Channel } from './pull-channel.js';

const DEFAULT_CAPACITY = 10_000;

/** A channel, and who holds it open. */
interface Entry {
  key: string;
  /** What is subscribed to. */
  name: string;
  channel: Channel;
  opened: Promise<void>;
  /**
   * Holders that have not closed it, with what they want to be told; whoever calls `consume` by name holds it for as long
   * as the broker lives.
   */
  holders: Map<object, ChannelOptions['onProblem']>;
}

/**
 * `consume` and `openChannel` for every broker: a subscription per channel that collects into a bounded buffer, and is
 * settled on arrival. Pull has no acknowledgement of its own, so whoever needs one subscribes.
 */
export class PullChannels {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly subscribe: Broker['subscribe'],
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  async consume(name: string, options: ConsumeOptions = {}): Promise<InboundMessage[]> {
    const { channel, opened } = this.#enter(name, options, this);
    await opened;
    return channel.consume(options);
  }

  async open(name: string, options: ChannelOptions = {}): Promise<PullChannel> {
    const holder = {};
    const entry = this.#enter(name, options, holder);
    await entry.opened;
    return {
      consume: (options = {}) => entry.channel.consume(options),
      isGranted: () => entry.channel.subscription?.isGranted?.() !== false,
      close: () => this.#leave(entry, holder),
    };
  }

  /** Ends all channels; nobody is to collect for them while this client is away. */
  async close(): Promise<void> {
    const entries = [...this.#entries];
    this.#entries.clear();
    await Promise.all(entries.map(([, entry]) => this.#end(entry)));
  }

  #enter(name: string, options: ChannelOptions, holder: object): Entry {
    const { capacity = DEFAULT_CAPACITY, wanted, onProblem } = options;
    // No filter has a NUL in it.
    const key = `${name}\u0000${wanted?.name ?? ''}`;
    const known = this.#entries.get(key);
    if (known) {
      known.holders.set(holder, onProblem);
      return known;
    }
    const channel = new Channel(name, capacity, wanted?.test, this.tell);
    const holders: Entry['holders'] = new Map([[holder, onProblem]]);
    const opened = this.subscribe(name, (delivery) => channel.take(delivery), {
      identity: `pull ${name}`,
      qos: 1,
      window: capacity,
      onProblem: (problem) => holders.forEach((tell) => tell?.(problem)),
    }).then((subscription) => {
      channel.subscription = subscription;
    });
    opened.catch(() => this.#entries.delete(key));
    const entry = { key, name, channel, opened, holders };
    this.#entries.set(key, entry);
    return entry;
  }

  async #leave(entry: Entry, holder: object): Promise<void> {
    if (!entry.holders.delete(holder) || entry.holders.size > 0 || this.#entries.get(entry.key) !== entry)
      return;
    this.#entries.delete(entry.key);
    await this.#end(entry);
  }

  async #end({ name, channel, opened }: Entry): Promise<void> {
    const left = await opened.then(
      () => channel.close(),
      () => 0,
    );
    if (left === 0) return;
    const text = `The pull channel ${name} was closed with ${left} messages in it that nobody had taken.`;
    this.tell(new GridwireError('BROKER_CLOSED', text, { details: { channel: name, left, lost: left } }));
  }
}
