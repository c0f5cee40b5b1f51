import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { type GridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import { Fifo } from '../../../fifo.js';
import { fencedAssigner } from './fenced-assigner.js';
import { byTopic, Generation } from './generation.js';
import { unpackLimit } from '../codecs/unpack-limit.js';
import { READER_RETRY } from '../cluster/kafka-client.js';
import { kafkaFault } from '../cluster/kafka-faults.js';
import type { ResolvedKafkaSettings } from '../cluster/kafka-settings.js';
import type { PartitionLedger } from './partition-ledger.js';
import { startPositions, type PositionQuery } from './start-positions.js';
import type { Window } from './window.js';

/** Partitions worked on side by side. */
const CONCURRENCY = 32;
/** Longest wait of a fetch: it is also the longest that a rebalance goes unnoticed. */
const FETCH_WAIT = 500;
/** Time that members have to join after a rebalance has begun. */
const REBALANCE_TIMEOUT = 30_000;
/** Milliseconds that settled offsets may wait to be committed together. */
const COMMIT_AFTER = 200;
/** Messages of a partition remembered behind one that is not settled; beyond it the partition is paused. */
const AHEAD_LIMIT = 10_000;
/** Messages handed over before the event loop gets a turn. */
const BUDGET = 500;
const STOP_TIMEOUT = 10_000;

/** A record on its way to the flow. Its offset is committed some time after `settle`, or never if that came too late. */
export interface Reading {
  readonly topic: string;
  readonly partition: number;
  readonly record: KafkaMessage;
  /** False once the partition may be another process's. */
  isCurrent(): boolean;
  settle(): void;
}

export interface ReaderOptions extends Pick<PositionQuery, 'group' | 'topics' | 'from' | 'own'> {
  window: Window;
  /** Most messages of one partition in the flow's hands. */
  partitionWindow: number;
  /** Takes a record over; must not throw. */
  hand: (reading: Reading) => void;
  /** Told of each record that is settled after its generation has ended. */
  late: () => void;
}

/** A partition that is not read at present. */
interface Paused {
  resume: () => void;
  /** What was fetched of it already, and up to which offset. */
  fetched: Fifo<KafkaMessage>;
  lastOffset?: string;
}

/**
 * One kafkajs consumer, from its connecting to its end. It does not restart: whoever made it makes another.
 * Positions are decided here and not by kafkajs, whose own would be taken over by batches that were fetched before a
 * rebalance; the seek at each join makes it drop them.
 */
export class GroupReader {
  /** Resolves when the first join is complete: true; false if it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when it has ended, with the reason if it was not stopped. */
  readonly ended: Promise<GridwireError | undefined>;
  readonly #consumer: Consumer;
  #generation: Generation | undefined;
  #positioned: Promise<void> = Promise.resolve();
  #becomeReady: () => void = () => undefined;
  #end: (error?: GridwireError) => void = () => undefined;
  #stopping: Promise<void> | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  readonly #paused = new Map<PartitionLedger, Paused>();
  readonly #heartbeatInterval: number;
  readonly #unpackLimit: number;

  constructor(
    private readonly kafka: Kafka,
    settings: ResolvedKafkaSettings,
    private readonly options: ReaderOptions,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.ready = Promise.race([
      new Promise<boolean>((resolve) => (this.#becomeReady = () => resolve(true))),
      this.ended.then(() => false),
    ]);
    this.#heartbeatInterval = Math.round(settings.sessionTimeout / 10);
    this.#unpackLimit = settings.unpackLimit;
    this.#consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout: settings.sessionTimeout,
      rebalanceTimeout: REBALANCE_TIMEOUT,
      heartbeatInterval: this.#heartbeatInterval,
      maxWaitTimeInMs: FETCH_WAIT,
      allowAutoTopicCreation: false,
      partitionAssigners: [fencedAssigner(() => this.#fence())],
      retry: { ...READER_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    const { GROUP_JOIN, REBALANCING, CRASH } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, (event) => this.#joined(event));
    // Sent before the request to join, on the same connection: the last commit that the old generation is good for.
    this.#consumer.on(REBALANCING, () => own(this.#generation?.flush(), (error) => this.#fail(error)));
    this.#consumer.on(CRASH, ({ payload }) => this.#fail(payload.error));
  }

  start(): void {
    // kafkajs unpacks within the calls that begin here.
    own(
      unpackLimit.run(this.#unpackLimit, () => this.#start()),
      (error) => this.#fail(error),
    );
  }

  /** Commits what is settled and leaves the group. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENCY,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  async #stop(): Promise<void> {
    // A commit may be under way that began before the last settlements.
    await this.#generation?.flush();
    await this.#generation?.flush();
    this.#fence();
    clearTimeout(this.#commitTimer);
    const disconnected = this.#consumer.disconnect().catch(ignore);
    const giveUp = new AbortController();
    await Promise.race([
      disconnected,
      delay(STOP_TIMEOUT, undefined, { signal: giveUp.signal }).catch(ignore),
    ]);
    giveUp.abort();
    this.#end();
  }

  #fail(error: unknown): void {
    this.#fence();
    this.#end(
      kafkaFault(error, `Reading as group "${this.options.group}" ended`, { group: this.options.group }),
    );
  }

  /** From here on nothing of the present generation is handed over or committed. */
  #fence(): void {
    this.#generation?.close();
    this.#generation = undefined;
    this.options.window.wake();
  }

  #joined({ payload }: ConsumerGroupJoinEvent): void {
    this.#fence();
    for (const { resume } of this.#paused.values()) resume();
    this.#paused.clear();
    const generation = new Generation();
    this.#generation = generation;
    this.#positioned = this.#position(generation, payload);
    // A rebalance may have come meanwhile: then nothing is fixed yet, and "latest" would be found further on.
    this.#positioned.then(
      () => generation.isOpen && this.#becomeReady(),
      (error: unknown) => generation.isOpen && this.#fail(error),
    );
  }

  async #position(generation: Generation, joined: ConsumerGroupJoinEvent['payload']): Promise<void> {
    const admin = this.kafka.admin({ retry: READER_RETRY });
    const isWanted = () => generation.isOpen;
    try {
      await admin.connect();
      const { positions, fresh, committed } = await startPositions(admin, {
        ...this.options,
        isLeader: joined.isLeader,
        isWanted,
      });
      if (!isWanted()) return;
      if (fresh.length > 0) await this.#consumer.commitOffsets(fresh).then(committed);
      for (const position of positions) {
        const isMine = joined.memberAssignment[position.topic]?.includes(position.partition) === true;
        if (isMine && isWanted()) this.#consumer.seek(position);
      }
    } finally {
      await admin.disconnect().catch(ignore);
    }
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const generation = this.#generation;
    await this.#positioned;
    const isOver = () => generation?.isOpen !== true || !payload.isRunning() || payload.isStale();
    if (generation === undefined || isOver()) return;
    generation.commit = (offsets) => payload.commitOffsetsIfNecessary(byTopic(offsets));
    const ledger = generation.ledger(topic, partition, Number(messages[0]?.offset ?? 0));
    let budget = BUDGET;
    for (const [index, record] of messages.entries()) {
      if (ledger.length >= AHEAD_LIMIT) {
        this.#pause(payload, ledger);
        return;
      }
      if (ledger.unsettled >= this.options.partitionWindow) {
        this.#pause(payload, ledger, messages.slice(index));
        payload.resolveOffset(payload.batch.lastOffset());
        return;
      }
      if (!this.options.window.hasRoom && !(await this.#waitForRoom(payload, isOver))) return;
      if ((budget -= 1) === 0) {
        await delay(0);
        if (isOver()) return;
        budget = BUDGET;
      }
      this.#hand(generation, ledger, record);
      payload.resolveOffset(record.offset);
    }
    this.#passOver(ledger, payload.batch.lastOffset());
  }

  /** Kafka's own records behind the last one: not committed, they would count as lag until others come. */
  #passOver(ledger: PartitionLedger, lastOffset = '-1'): void {
    if (ledger.passOver(Number(lastOffset))) this.#commitSoon();
  }

  /** Keeps the membership alive meanwhile; a rebalance ends the wait by rejecting, and kafkajs joins again. */
  async #waitForRoom(payload: EachBatchPayload, isOver: () => boolean): Promise<boolean> {
    const { window } = this.options;
    while (!window.hasRoom) {
      await window.wait(this.#heartbeatInterval);
      if (isOver()) return false;
      await payload.heartbeat();
      if (isOver()) return false;
    }
    return true;
  }

  #hand(generation: Generation, ledger: PartitionLedger, record: KafkaMessage): void {
    const entry = ledger.add(Number(record.offset));
    this.options.window.take();
    this.options.hand({
      topic: ledger.topic,
      partition: ledger.partition,
      record,
      isCurrent: () => generation.isOpen,
      settle: () => {
        this.options.window.release();
        if (!generation.isOpen) {
          this.options.late();
          return;
        }
        ledger.settle(entry);
        this.#goOn(generation, ledger);
        this.#commitSoon();
      },
    });
  }

  /** Waiting in the batch would hold up the other partitions of its server. */
  #pause(payload: EachBatchPayload, ledger: PartitionLedger, messages: readonly KafkaMessage[] = []): void {
    const fetched = new Fifo<KafkaMessage>();
    for (const message of messages) fetched.push(message);
    const last = messages.length === 0 ? {} : { lastOffset: payload.batch.lastOffset() };
    this.#paused.set(ledger, { resume: payload.pause(), fetched, ...last });
  }

  /** After a settlement, so that the window has room for one. */
  #goOn(generation: Generation, ledger: PartitionLedger): void {
    const paused = this.#paused.get(ledger);
    const next = paused?.fetched.shift();
    if (next) this.#hand(generation, ledger, next);
    else if (paused && ledger.length <= AHEAD_LIMIT / 2) {
      this.#paused.delete(ledger);
      this.#passOver(ledger, paused.lastOffset);
      paused.resume();
    }
  }

  #commitSoon(): void {
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      const flushed = this.#generation?.flush().then((done) => {
        if (!done) this.#commitSoon();
      });
      own(flushed, (error) => this.#fail(error));
    }, COMMIT_AFTER);
  }
}

function ignore(): void {
  // A connection that is given up may say so in its own way.
}
