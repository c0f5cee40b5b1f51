import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../clock.js';
import { GridwireError, toGridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type { InboundMessage, Qos } from '../../../event.js';
import type {
  CloseOptions,
  DeliveryHandler,
  SettlementOutcome,
  StartAt,
  Subscription,
} from '../../broker.js';
import { assertNotExpired } from '../../expiry.js';
import { ReconnectDelay } from '../../reconnect-delay.js';
import { SettledOnce } from '../../settled-once.js';
import { GroupReader, type Reading } from './group-reader.js';
import { isExact, kafkaTopicOf, selects, topicOfKafka } from '../cluster/kafka-topics.js';
import { lostPlaceProblem, lostPlaces } from '../cluster/lost-place.js';
import { readMessage } from '../cluster/record.js';
import type { KafkaParts } from '../cluster/kafka-parts.js';
import { LateSettlements } from './late-settlements.js';
import type { OwnGroup } from './own-group.js';
import { Window } from './window.js';

/** Attempts to join that `subscribe` waits for. */
const START_ATTEMPTS = 4;
/** Milliseconds until a message that was given back is handed over again. */
const REDELIVER_AFTER = 500;
/** Topics are often made several at a time. */
const TOPICS_SETTLE = 100;

export interface SubscriptionOptions {
  /** As it was asked for: a list of `filters`. */
  filter: string;
  filters: readonly string[];
  group: string;
  /** Set where the group is this subscription's own, so that unsubscribing removes it. */
  own: OwnGroup | undefined;
  from: StartAt;
  qos: Qos;
  window: number;
  partitionWindow: number;
  handler: DeliveryHandler;
  problem: (error: GridwireError) => void;
  /** Told once, when it is closed. */
  closed: () => void;
}

/** A filter that is read by a consumer group: across reconnects, and with the topics that come to match it later. */
export class KafkaSubscription implements Subscription {
  readonly #window: Window;
  readonly #delay: ReconnectDelay;
  readonly #unwatch: () => void;
  readonly #seen = new Map<string, number>();
  readonly #late: LateSettlements;
  #atStart: ReadonlySet<string> | undefined;
  #reader: GroupReader | undefined;
  #closing: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #lastHeld = 0;
  #isOpen = false;
  #failures = 0;

  constructor(
    private readonly parts: KafkaParts,
    private readonly options: SubscriptionOptions,
  ) {
    this.#window = new Window(options.window);
    this.#delay = new ReconnectDelay(parts.settings.reconnect);
    this.#late = new LateSettlements(options.group, options.problem);
    const wake = () => this.#wake();
    const unwatch = parts.topics.watch(wake);
    parts.connection.on('state', wake);
    this.#unwatch = () => {
      unwatch();
      parts.connection.off('state', wake);
    };
  }

  get filter(): string {
    return this.options.filter;
  }

  /**
   * Resolves when it reads, or when it cannot yet because the cluster is away or no topic matches.
   * @throws GridwireError `SUBSCRIBE_REFUSED` for what time does not mend
   */
  async open(): Promise<void> {
    const first = await new Promise<GridwireError | undefined>((resolve) => {
      this.#running = this.#run(resolve);
    });
    this.#isOpen = true;
    if (first?.fault !== 'permanent' && first?.code !== 'SUBSCRIBE_REFUSED') return;
    await this.close();
    throw this.#refused(first);
  }

  close(closing: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(closing.unsubscribe === true && this.options.own !== undefined);
    return this.#closing;
  }

  /** How many messages of the cluster this group has not settled yet. */
  async lag(): Promise<number> {
    const admin = this.parts.connection.admin;
    if (!admin) throw new GridwireError('BROKER_DISCONNECTED', 'Kafka is not connected.');
    const topics = this.#topics();
    const committed = await admin.fetchOffsets({ groupId: this.options.group, topics });
    let lag = 0;
    for (const { topic, partitions } of committed) {
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, offset } of partitions) {
        const end = ends.find((one) => one.partition === partition);
        if (end && Number(offset) >= 0) lag += Number(end.high) - Number(offset);
      }
    }
    return lag;
  }

  async #close(removeGroup: boolean): Promise<void> {
    this.#unwatch();
    this.#wake();
    this.#late.close();
    await this.#reader?.stop();
    await this.#running;
    if (removeGroup) await this.#removeGroup();
    this.options.closed();
  }

  async #removeGroup(): Promise<void> {
    try {
      await this.parts.connection.admin?.deleteGroups([this.options.group]);
    } catch (cause) {
      const text = `The consumer group "${this.options.group}" was not removed; its offsets stay until Kafka lets them expire.`;
      this.options.problem(new GridwireError('BROKER_REFUSED', text, { cause }));
    }
  }

  /** @param started told once how the first attempt went */
  async #run(started: (error?: GridwireError) => void): Promise<void> {
    // Only what failed counts: topics that come and go while it begins are no reason to say that it reads.
    let failed = 0;
    while (!this.#isClosing()) {
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      const topics = this.#topics();
      const isConnected = this.parts.connection.state === 'connected';
      if (isConnected) this.#atStart ??= new Set(topics);
      const missing = isConnected ? await this.#missing(topics) : undefined;
      if (missing && (this.#isOpen || topics.length > 0)) this.options.problem(missing);
      if (isConnected && !sameNames(this.#topics(), topics)) continue;
      if (topics.length === 0 || !isConnected) {
        started(missing);
        await changed;
        continue;
      }
      const error = await this.#read(topics, started);
      if (error) failed += 1;
      if (error?.fault === 'permanent' || failed >= START_ATTEMPTS) started(error);
      if (error && !this.#isClosing()) await this.#recover(error);
    }
    started();
  }

  /** Why a topic that is wanted by its name is not there; undefined if all are now, because they could be created. */
  async #missing(topics: readonly string[]): Promise<GridwireError | undefined> {
    const wanted = this.options.filters.filter(isExact).map(kafkaTopicOf);
    try {
      for (const topic of wanted) if (!topics.includes(topic)) await this.parts.topics.ensure(topic);
      return undefined;
    } catch (error) {
      return toGridwireError(error);
    }
  }

  /** Reads these topics until they are others, it is closed, or it fails. */
  async #read(topics: string[], started: () => void): Promise<GridwireError | undefined> {
    const { kafka, settings } = this.parts;
    const { group, from, partitionWindow, own: ownGroup } = this.options;
    const reader = new GroupReader(kafka, settings, {
      group,
      topics,
      own: ownGroup,
      from: (topic) => (this.#atStart?.has(topic) === true ? from : 'earliest'),
      window: this.#window,
      partitionWindow,
      hand: (reading) => this.#hand(reading),
      late: () => this.#late.add(),
    });
    this.#reader = reader;
    const begun = systemClock.now();
    // Told within the calls that begin here.
    lostPlaces.run(
      (place) => this.options.problem(lostPlaceProblem(place, group)),
      () => reader.start(),
    );
    const begins = reader.ready.then((isReady) => {
      if (!isReady) return;
      this.#failures = 0;
      started();
    });
    own(begins, this.options.problem);
    let error: GridwireError | undefined;
    const ended = reader.ended.then((reason) => {
      error = reason;
      return true;
    });
    for (;;) {
      const changed = new Promise<false>((resolve) => (this.#wake = () => resolve(false)));
      if (this.#isClosing() || (await Promise.race([ended, changed]))) break;
      await delay(TOPICS_SETTLE);
      if (!sameNames(this.#topics(), topics)) break;
    }
    await reader.stop();
    this.#reader = undefined;
    if (error) this.#lastHeld = systemClock.now() - begun;
    return error;
  }

  async #recover(error: GridwireError): Promise<void> {
    this.#failures += 1;
    // Once is how it begins on a cluster that has only just started, and how a moved coordinator shows.
    if (this.#failures > 1 || error.fault === 'permanent') this.options.problem(error);
    own(this.parts.connection.look(), this.options.problem);
    const growing = this.#delay.next(this.#lastHeld);
    const wait = error.fault === 'permanent' ? this.parts.settings.reconnect.maximum : growing;
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    const timer = new AbortController();
    await Promise.race([woken, delay(wait, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }

  #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  #topics(): string[] {
    return this.parts.topics.names.filter((name) => this.#filterOf(name) !== undefined).sort();
  }

  #filterOf(name: string): string | undefined {
    return this.options.filters.find((filter) => selects(filter, name));
  }

  #hand(reading: Reading): void {
    const { topic, partition, record } = reading;
    const place = `${topic}/${partition}`;
    const offset = Number(record.offset);
    const redelivered = offset <= (this.#seen.get(place) ?? -1);
    if (!redelivered) this.#seen.set(place, offset);
    const message = readMessage(record, {
      topic: topicOfKafka(topic, this.#filterOf(topic) ?? this.filter),
      partition,
      group: this.options.group,
      qos: this.options.qos,
      redelivered,
    });
    try {
      assertNotExpired(message);
    } catch (error) {
      this.options.problem(toGridwireError(error));
      reading.settle();
      return;
    }
    this.#deliver(reading, message);
  }

  #deliver(reading: Reading, message: InboundMessage): void {
    const settle = (outcome: SettlementOutcome): void => {
      if (outcome === 'ack' || !reading.isCurrent()) reading.settle();
      else setTimeout(() => this.#again(reading, message), REDELIVER_AFTER).unref();
    };
    const { topic, partition, record } = reading;
    const identity = (): string => `${topic}/${partition}/${record.offset}`;
    const delivery = new SettledOnce(message, settle, undefined, identity);
    try {
      this.options.handler(delivery);
    } catch (cause) {
      const text = `The handler of ${this.filter} threw; the message on ${message.topic} stays unsettled.`;
      this.options.problem(new GridwireError('INTERNAL', text, { cause }));
    }
  }

  /** A message that was given back: again, unless Kafka gives it to somebody else by now. */
  #again(reading: Reading, message: InboundMessage): void {
    if (reading.isCurrent()) this.#deliver(reading, { ...message, redelivered: true });
    else reading.settle();
  }

  #refused(reason: GridwireError): GridwireError {
    const text = `Kafka does not let this client subscribe to ${this.filter}. ${reason.message}`;
    return new GridwireError('SUBSCRIBE_REFUSED', text, { cause: reason, details: { filter: this.filter } });
  }
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
