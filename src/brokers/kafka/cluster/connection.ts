import { EventEmitter } from 'node:events';
import type { Admin, Kafka } from 'kafkajs';
import type { GridwireError } from '../../../errors.js';
import type { BrokerState } from '../../broker.js';
import { ReconnectDelay } from '../../reconnect-delay.js';
import { addressOf, onceEach } from './kafka-client.js';
import { kafkaFault } from './kafka-faults.js';
import type { ResolvedKafkaSettings } from './kafka-settings.js';

interface ConnectionEvents {
  state: [state: BrokerState, error?: GridwireError];
  /** The topics that the cluster has and this user may see; after each look. */
  topics: [names: readonly string[]];
}

/**
 * Whether the cluster is there. kafkajs connects when it has something to send and says nothing when a connection is
 * lost, so this looks: at every interval, and at once when somebody else has met a fault.
 */
export class Connection extends EventEmitter<ConnectionEvents> {
  #state: BrokerState = 'disconnected';
  #admin: Admin | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #upSince = 0;
  readonly #delay: ReconnectDelay;

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

  /** For requests about topics and groups; undefined while not connected. */
  get admin(): Admin | undefined {
    return this.#state === 'connected' ? this.#admin : undefined;
  }

  /** Resolves when the first attempt has ended, one way or the other. */
  start(): Promise<void> {
    this.#admin ??= this.kafka.admin({ retry: onceEach(this.settings) });
    return this.look();
  }

  async stop(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    clearTimeout(this.#timer);
    await admin?.disconnect().catch(ignore);
    this.#become('disconnected');
  }

  /** Looks now; callers at the same time share one look. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const admin = this.#admin;
    if (!admin) return;
    clearTimeout(this.#timer);
    if (this.#state === 'disconnected') this.#become('connecting');
    try {
      await admin.connect();
      const topics = await admin.listTopics();
      if (this.#admin !== admin) return;
      this.emit('topics', topics);
      if (this.#state !== 'connected') this.#upSince = Date.now();
      this.#become('connected');
      this.#lookAgain(this.settings.probeInterval);
    } catch (cause) {
      if (this.#admin !== admin) return;
      await this.#failed(admin, cause);
    }
  }

  async #failed(admin: Admin, cause: unknown): Promise<void> {
    const held = this.#state === 'connected' ? Date.now() - this.#upSince : 0;
    const error = kafkaFault(cause, `Kafka at ${addressOf(this.settings)} cannot be reached`);
    // A connection that has died is only made anew after it has been given up.
    await admin.disconnect().catch(ignore);
    if (this.#admin !== admin) return;
    this.#become('disconnected', error);
    const growing = this.#delay.next(held);
    this.#lookAgain(error.code === 'BROKER_UNAUTHORISED' ? this.settings.reconnect.maximum : growing);
  }

  #lookAgain(delay: number): void {
    this.#timer = setTimeout(() => void this.look(), delay);
  }

  #become(state: BrokerState, error?: GridwireError): void {
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    if (error === undefined) this.emit('state', state);
    else this.emit('state', state, error);
  }
}

function ignore(): void {
  // A connection that is given up may say so in its own way.
}
