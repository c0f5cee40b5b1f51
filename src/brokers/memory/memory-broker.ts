import { newUuid } from '../../uuid.js';
import { EventEmitter } from 'node:events';
import { GridwireError, toGridwireError } from '../../errors.js';
import type { InboundMessage, WireMessage } from '../../event.js';
import type {
  Broker,
  BrokerEvents,
  BrokerState,
  ChannelOptions,
  ConsumeOptions,
  DeliveryHandler,
  Outlet,
  PublishResult,
  PullChannel,
  SubscribeOptions,
  Subscription,
} from '../broker.js';
import { finding, type Finding } from '../broker-check.js';
import { DropReport } from '../drop-report.js';
import { Outlets } from '../outlets/outlets.js';
import { PullChannels } from '../pull/pull-channels.js';
import { assertFilter } from '../topic-filter.js';
import type { Subscriber } from './kept-queues.js';
import { MemoryHub } from './memory-hub.js';
import type { Listener, MemoryQueue } from './memory-queue.js';
import { memorySettings, type MemorySettings } from './memory-settings.js';

/** Brokers that several clients share: by name, or one after another by their owner. They live as long as the process. */
const shared = new Map<string, MemoryHub>();

/** As the end of the process does it, for tests that stand for several. */
export function forgetMemoryBrokers(): void {
  shared.clear();
}

/** A client of a broker inside this process: MQTT's rules without a network. */
export class MemoryBroker extends EventEmitter<BrokerEvents> implements Broker {
  readonly kind = 'memory';
  readonly capabilities = { headers: true, retain: true, redelivers: true, log: false } as const;
  readonly #settings: ReturnType<typeof memorySettings>;
  readonly #hub: MemoryHub;
  readonly #queues = new Map<MemoryQueue, Listener & { subscriber: Subscriber }>();
  readonly #pull = new PullChannels(
    (...parameters) => this.subscribe(...parameters),
    (problem) => this.#tell(problem),
  );
  readonly #dropped = new DropReport(
    'BROKER_QUOTA',
    'A subscription of the memory broker is full and QoS 0 messages for it were dropped.',
    (problem) => this.#tell(problem),
  );
  /** There is always room: the broker answers at once. */
  readonly #outlets = new Outlets((message) => this.publish(message));
  #state: BrokerState = 'disconnected';

  /** @throws GridwireError `SETTING_INVALID` */
  constructor(settings: MemorySettings = {}) {
    super();
    this.#settings = memorySettings(settings);
    this.#hub = hubFor(this.#settings);
  }

  get address(): string {
    return `memory:${encodeURIComponent(this.#hub.name)}`;
  }

  get state(): BrokerState {
    return this.#state;
  }

  isConnected(): boolean {
    return this.#state === 'connected';
  }

  connect(): Promise<void> {
    this.#become('connected');
    for (const [queue, listener] of this.#queues) queue.attach(listener);
    return Promise.resolve();
  }

  async disconnect(): Promise<void> {
    await this.#pull.close();
    for (const queue of this.#queues.keys()) this.#end(queue, true);
    this.#become('disconnected');
  }

  /** A private one goes with its only client; one with a name is there for others. */
  forget(): void {
    if (this.#settings.name !== undefined) return;
    this.#hub.forget();
    shared.delete(keyOf(this.#settings) ?? '');
  }

  publish(message: WireMessage): Promise<PublishResult> {
    if (this.#state !== 'connected') return Promise.reject(disconnected());
    try {
      const complete = this.#hub.publish(message, this.#settings.latency);
      if (!complete) this.#dropped.add(message.topic);
    } catch (error) {
      return Promise.reject(toGridwireError(error));
    }
    return Promise.resolve({ success: true, message_id: newUuid(), error: null });
  }

  outlet(changed: () => void): Outlet {
    return this.#outlets.open(changed);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a bad filter must reject, not throw
  async subscribe(
    filter: string,
    handler: DeliveryHandler,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    assertFilter(filter);
    const { clientId } = this.#settings;
    const { window = 100, identity } = options;
    const subscriber = {
      ...(clientId === undefined ? {} : { clientId }),
      ...(identity === undefined ? {} : { identity }),
    };
    const queue = this.#hub.open(subscriber, filter, options);
    const listener = { subscriber, handler, window, problem: (error: GridwireError) => this.#tell(error) };
    this.#queues.set(queue, listener);
    if (this.isConnected()) queue.attach(listener);
    return {
      filter,
      close: (closing = {}) => {
        if (this.#queues.has(queue)) this.#end(queue, closing.unsubscribe !== true);
        return Promise.resolve();
      },
    };
  }

  check(): Promise<Finding[]> {
    return Promise.resolve([finding('memory', 'risk')]);
  }

  consume(channel: string, options?: ConsumeOptions): Promise<InboundMessage[]> {
    return this.#pull.consume(channel, options);
  }

  openChannel(channel: string, options?: ChannelOptions): Promise<PullChannel> {
    return this.#pull.open(channel, options);
  }

  /** Without a session, and a name of the subscriber, there is nobody for whom it could be kept. */
  #end(queue: MemoryQueue, keep: boolean): void {
    const { subscriber = {} } = this.#queues.get(queue) ?? {};
    this.#queues.delete(queue);
    const tell = (count: number, topic: string): void => this.#tell(givenUp(queue.filter, count, topic));
    if (keep) this.#hub.keep(subscriber, queue, tell);
    else this.#hub.close(queue, tell);
  }

  #become(state: BrokerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }

  #tell(problem: GridwireError): void {
    this.emit('problem', problem);
  }
}

function keyOf({ name, owner }: MemorySettings): string | undefined {
  if (name !== undefined) return `named ${name}`;
  return owner === undefined ? undefined : `private ${owner}`;
}

function hubFor(settings: ReturnType<typeof memorySettings>): MemoryHub {
  const limits = { queue: settings.queueLimit, retained: settings.retainedLimit };
  const key = keyOf(settings);
  if (key === undefined) return new MemoryHub(limits);
  const hub = shared.get(key) ?? new MemoryHub(limits);
  shared.set(key, hub);
  return hub;
}

function givenUp(filter: string, count: number, topic: string): GridwireError {
  return new GridwireError(
    'SESSION_UNCLAIMED',
    `${count} messages of the memory broker for the subscription ${filter}, which has ended, are given up, the first on ${topic}.`,
    { details: { dropped: count, lost: count, topic } },
  );
}

function disconnected(): GridwireError {
  return new GridwireError(
    'BROKER_DISCONNECTED',
    'The memory broker is not connected; call connect() first.',
  );
}
