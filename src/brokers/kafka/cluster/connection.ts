import { EventEmitter } from 'node:events';
import type { Admin, Kafka } from 'kafkajs';
import { systemClock } from '../../../clock.js';
import { GridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type { BrokerState } from '../../broker.js';
import { ReconnectDelay } from '../../reconnect-delay.js';
import { addressOf, onceEach } from './kafka-client.js';
import { kafkaFault } from './kafka-faults.js';
import type { ResolvedKafkaSettings } from './kafka-settings.js';
import { Pulse } from './pulse.js';

interface ConnectionEvents {
  state: [state: BrokerState, error?: GridwireError];
  /** The topics that the cluster has and this user may see; after each look. */
  topics: [names: readonly string[]];
}

/** From a start to the next stop. Whatever is under way belongs to one of them. */
interface Stay {
  readonly admin: Admin;
  looking?: Promise<void>;
  timer?: NodeJS.Timeout;
  upSince: number;
}

/**
 * Whether the cluster is there. kafkajs connects when it has something to send and says nothing when a connection is
 * lost, so this looks: at every interval, and at once when somebody else has met a fault.
 */
export class Connection extends EventEmitter<ConnectionEvents> {
  #state: BrokerState = 'disconnected';
  #stay: Stay | undefined;
  readonly #delay: ReconnectDelay;
  readonly #pulse = new Pulse();

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: ResolvedKafkaSettings,
  ) {
    super();
    this.#delay = new ReconnectDelay(settings.reconnect);
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** For how long it has not answered although it is connected, milliseconds; undefined while it does. */
  get silentFor(): number | undefined {
    return this.#pulse.silentFor;
  }

  /** What one look may take, milliseconds: two steps to connect to a broker and four requests, for each of them. */
  get #patience(): number {
    const { brokers, connectTimeout, requestTimeout } = this.settings;
    return brokers.length * (2 * connectTimeout + 4 * requestTimeout);
  }

  /** For requests about topics and groups; undefined while not connected. */
  get admin(): Admin | undefined {
    return this.#state === 'connected' ? this.#stay?.admin : undefined;
  }

  /** Resolves when the first attempt has ended, one way or the other. Never rejects. */
  start(): Promise<void> {
    this.#stay ??= { admin: this.kafka.admin({ retry: onceEach(this.settings) }), upSince: 0 };
    return this.look();
  }

  /** Safe to call at any time: what is under way belongs to the stay that ends here, and changes nothing later. */
  async stop(): Promise<void> {
    const stay = this.#stay;
    this.#stay = undefined;
    clearTimeout(stay?.timer);
    this.#become('disconnected');
    if (stay) await given(stay.admin);
  }

  /** Looks now; callers at the same time share one look. Never rejects. */
  look(): Promise<void> {
    const stay = this.#stay;
    if (!stay) return Promise.resolve();
    stay.looking ??= this.#look(stay).finally(() => delete stay.looking);
    return stay.looking;
  }

  async #look(stay: Stay): Promise<void> {
    clearTimeout(stay.timer);
    if (this.#state === 'disconnected') this.#become('connecting');
    try {
      const topics = await within(this.#patience, topicsSeenBy(stay.admin));
      if (this.#stay !== stay) return;
      if (this.#state !== 'connected') stay.upSince = systemClock.now();
      this.#lookAgain(stay, this.settings.probeInterval);
      this.emit('topics', topics);
      this.#become('connected');
    } catch (cause) {
      await this.#failed(stay, cause);
    }
  }

  async #failed(stay: Stay, cause: unknown): Promise<void> {
    if (this.#stay !== stay) return;
    const held = this.#state === 'connected' ? systemClock.now() - stay.upSince : 0;
    const error = kafkaFault(cause, `Kafka at ${addressOf(this.settings)} cannot be reached`);
    // A connection that has died is only made anew after it has been given up.
    await given(stay.admin);
    if (this.#stay !== stay) return;
    const growing = this.#delay.next(held);
    this.#lookAgain(stay, error.code === 'BROKER_UNAUTHORISED' ? this.settings.reconnect.maximum : growing);
    this.#become('disconnected', error);
  }

  #lookAgain(stay: Stay, wait: number): void {
    clearTimeout(stay.timer);
    stay.timer = setTimeout(() => own(this.look(), (error) => this.#become('disconnected', error)), wait);
  }

  #become(state: BrokerState, error?: GridwireError): void {
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    const admin = this.#stay?.admin;
    if (state === 'connected' && admin) this.#pulse.start(() => admin.describeCluster());
    else this.#pulse.stop();
    if (error === undefined) this.emit('state', state);
    else this.emit('state', state, error);
  }
}

function ignore(): void {
  // A connection that is given up may say so in its own way.
}

async function topicsSeenBy(admin: Admin): Promise<string[]> {
  await admin.connect();
  return admin.listTopics();
}

/** How long a connection may take to end, milliseconds. */
const ENDING = 5_000;

/** Gives a connection up, which may say so in its own way, or nothing. */
async function given(admin: Admin): Promise<void> {
  await within(ENDING, admin.disconnect()).catch(ignore);
}

/**
 * kafkajs waits for ever where an answer of the broker says so, for example that it throttles this client for weeks.
 * (Found by `npm run fuzz`.)
 */
async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `Kafka did not get done within ${milliseconds / 1000} s; it is tried again.`;
    timer = setTimeout(() => reject(new GridwireError('BROKER_TIMEOUT', text)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
