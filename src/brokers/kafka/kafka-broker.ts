import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { GridwireError, toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import type { InboundMessage, WireMessage } from '../../event.js';
import { listOf } from '../../list.js';
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
import { type Certificate, Certificates } from '../certificates.js';
import { Presence } from '../presence.js';
import { serverPlace } from '../server-place.js';
import { PullChannels } from '../pull/pull-channels.js';
import { assertFilter } from '../topic-filter.js';
import { Connection } from './cluster/connection.js';
import { checkKafka } from './cluster/kafka-check.js';
import { kafkaClient } from './cluster/kafka-client.js';
import type { KafkaParts } from './cluster/kafka-parts.js';
import { kafkaSettings, type KafkaSettings } from './cluster/kafka-settings.js';
import { ownGroup } from './inbound/own-group.js';
import { KafkaSubscription } from './inbound/kafka-subscription.js';
import { isExact, kafkaTopicOf, selects, splitShare } from './cluster/kafka-topics.js';
import { Publisher } from './outbound/publisher.js';
import { TopicDirectory } from './cluster/topic-directory.js';

/** Milliseconds that an orderly end waits for what is being sent. */
const LEAVE_WITHIN = 5_000;

/** An Apache Kafka cluster. Topics are spelled as in MQTT; kafka-topics.ts says how they become Kafka's. */
export class KafkaBroker extends EventEmitter<BrokerEvents> implements Broker {
  readonly kind = 'kafka';
  readonly address: string;
  readonly capabilities = {
    headers: true,
    retain: false,
    redelivers: true,
    log: true,
    cloudEvents: 'kafka',
  } as const;
  readonly #parts: KafkaParts;
  readonly #certificates: Certificates;
  readonly #publisher: Publisher;
  readonly #subscriptions = new Set<KafkaSubscription>();
  readonly #groups = new Set<string>();
  readonly #presence = new Presence(
    () => this.#parts.connection.start(),
    () => this.#leave(),
    (problem) => this.emit('problem', problem),
  );
  readonly #pull = new PullChannels(
    (...parameters) => this.subscribe(...parameters),
    (problem) => this.emit('problem', problem),
  );

  /** @throws GridwireError `SETTING_INVALID` */
  constructor(private readonly given: KafkaSettings) {
    super();
    const checked = kafkaSettings(given);
    this.address = [...new Set(checked.brokers.map(serverPlace))].join(',');
    this.#certificates = new Certificates(checked.tls);
    const kafka = kafkaClient(checked, (server, socket) => this.#certificates.seen(server, socket));
    const connection = new Connection(kafka, checked);
    // One listener for each subscription; there is no telling how many are too many.
    connection.setMaxListeners(0);
    const topics = new TopicDirectory(connection, checked.createTopics);
    this.#parts = { kafka, settings: checked, connection, topics };
    this.#publisher = new Publisher(this.#parts, () =>
      own(connection.look(), (problem) => this.emit('problem', problem)),
    );
    connection.on('state', (state, error) => this.#changed(state, error));
  }

  get state(): BrokerState {
    return this.#parts.connection.state;
  }

  get certificates(): Certificate[] {
    return this.#certificates.all;
  }

  get silentFor(): number | undefined {
    return this.#parts.connection.silentFor;
  }

  isConnected(): boolean {
    return this.state === 'connected';
  }

  connect(): Promise<void> {
    return this.#presence.enter();
  }

  disconnect(): Promise<void> {
    return this.#presence.exit();
  }

  publish(message: WireMessage): Promise<PublishResult> {
    return this.#publisher.publish(message);
  }

  outlet(changed: () => void): Outlet {
    return this.#publisher.outlets.open(changed);
  }

  async subscribe(
    filter: string,
    handler: DeliveryHandler,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { filter: list, group: shared } = splitShare(filter);
    const filters = checkedFilters(list);
    const from = options.from ?? 'latest';
    if (typeof from === 'object' && 'offsets' in from) assertSelected(filters, [...from.offsets.keys()]);
    const named = options.group ?? shared;
    const groups = ownGroup(this.#parts.settings.clientId, filters, options.identity);
    const group = named ?? this.#claimGroup(groups.name);
    const window = options.window ?? 100;
    const subscription = new KafkaSubscription(this.#parts, {
      filter: list,
      filters,
      group,
      own: named === undefined ? groups : undefined,
      from,
      qos: options.qos ?? 1,
      window,
      partitionWindow: options.partitionWindow ?? window,
      handler,
      problem: (error) => {
        this.emit('problem', error);
        options.onProblem?.(error);
      },
      closed: () => {
        this.#subscriptions.delete(subscription);
        if (named === undefined) this.#groups.delete(group);
      },
    });
    this.#subscriptions.add(subscription);
    await subscription.open();
    return subscription;
  }

  async check(): Promise<Finding[]> {
    const found = await checkKafka(this.#parts.connection.admin);
    // Groups that no setting names are called by the client id, and one of its own making is another in each process.
    const place = finding('place', this.given.clientId === undefined ? 'risk' : 'good');
    return this.#groups.size > 0 ? [...found, place] : found;
  }

  consume(channel: string, options?: ConsumeOptions): Promise<InboundMessage[]> {
    return this.#pull.consume(channel, options);
  }

  openChannel(channel: string, options?: ChannelOptions): Promise<PullChannel> {
    return this.#pull.open(channel, options);
  }

  /** Whoever subscribes twice without a name of its own gets every message twice, and has to know the order. */
  #claimGroup(base: string): string {
    let group = base;
    for (let number = 2; this.#groups.has(group); number += 1) group = `${base}#${number}`;
    this.#groups.add(group);
    return group;
  }

  async #leave(): Promise<void> {
    await this.#pull.close();
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    // A send that hangs gets its own answer in the end; whoever connects anew is not to wait for it.
    const enough = new AbortController();
    const given = delay(LEAVE_WITHIN, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.#publisher.stop(), given]);
    enough.abort();
    await this.#parts.connection.stop();
  }

  #changed(state: BrokerState, error: GridwireError | undefined): void {
    if (state === 'connected') this.#publisher.start();
    else this.#publisher.pause();
    if (error === undefined) this.emit('state', state);
    else this.emit('state', state, error);
  }
}

function checkedFilters(list: string): string[] {
  // Neither comma nor star can be part of a Kafka topic.
  const filters = listOf(list);
  if (filters.length === 0) assertFilter(list);
  for (const filter of filters) {
    assertFilter(filter);
    if (isExact(filter)) assertKafkaFilter(filter);
  }
  return filters;
}

function assertKafkaFilter(filter: string): void {
  try {
    kafkaTopicOf(filter);
  } catch (cause) {
    throw new GridwireError('FILTER_ILLEGAL', toGridwireError(cause).message, { cause, details: { filter } });
  }
}

function assertSelected(filters: readonly string[], topics: readonly string[]): void {
  const stranger = topics.find((topic) => !filters.some((filter) => selects(filter, topic)));
  if (stranger === undefined) return;
  const text = `An offset is given for the topic ${stranger}, which is not subscribed to; correct the one or the other.`;
  throw new GridwireError('SUBSCRIBE_REFUSED', text, { details: { topic: stranger } });
}
