import type { Message } from 'kafkajs';
import { GridwireError, toGridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type { LogHint, Qos, WireMessage } from '../../../event.js';
import type { NoRoom, PublishResult } from '../../broker.js';
import { assertNotExpired, expiryWatch } from '../../expiry.js';
import { DirectPublisher } from '../../outlets/direct-publisher.js';
import { Outlets } from '../../outlets/outlets.js';
import { BatchLane, type Batch } from './batch-lane.js';
import { COMPRESSION } from '../codecs/codecs.js';
import { kafkaFault } from '../cluster/kafka-faults.js';
import type { KafkaParts } from '../cluster/kafka-parts.js';
import { kafkaTopicOf } from '../cluster/kafka-topics.js';
import { javaPartitioner } from './partitioner.js';
import { ProducerSlot } from './producer-slot.js';
import { recordOf, sizeOf } from '../cluster/record.js';
import { timely } from './timely-record.js';
import { sendWhole } from './whole-send.js';

/**
 * Sends messages in batches, one at a time for each topic and QoS. QoS 0 asks for no acknowledgement, 1 for that of all
 * in-sync replicas, 2 goes by an idempotent producer besides, so that Kafka drops what the client's retries repeat.
 */
export class Publisher {
  readonly outlets = new Outlets((message) => this.#offered(message));
  readonly #direct: DirectPublisher;
  readonly #lanes = new Map<string, BatchLane>();
  readonly #plain: ProducerSlot;
  readonly #idempotent: ProducerSlot;
  /** Topics whose last batch asked for no acknowledgement: it may still be on its way. */
  readonly #unanswered = new Set<string>();
  #underWay = 0;
  #open = false;
  #telling = false;

  /** @param lost told of a fault that may mean that the cluster is away */
  constructor(
    private readonly parts: Pick<KafkaParts, 'kafka' | 'settings' | 'topics'>,
    private readonly lost: () => void,
  ) {
    const { kafka, settings } = parts;
    this.#direct = new DirectPublisher(this.outlets, () => this.#open, settings.publishLimit);
    const common = { createPartitioner: javaPartitioner, allowAutoTopicCreation: false };
    this.#plain = new ProducerSlot(() => kafka.producer(common));
    // Without at least one retry kafkajs does not call a producer idempotent.
    const retry = { retries: Math.max(1, settings.retries) };
    this.#idempotent = new ProducerSlot(() =>
      kafka.producer({ ...common, idempotent: true, maxInFlightRequests: 1, retry }),
    );
  }

  start(): void {
    if (this.#open) return;
    this.#open = true;
    this.outlets.changed();
  }

  /** Takes nothing more while the cluster is away; what is under way gets its own answer. */
  pause(): void {
    if (!this.#open) return;
    this.#open = false;
    this.outlets.changed();
  }

  /** Sends what was taken, then ends the producers. */
  async stop(): Promise<void> {
    this.pause();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.flush()));
    await Promise.all([this.#plain.retire(), this.#idempotent.retire()]);
  }

  /** For those who keep nothing: waits for room, and for nothing else. */
  publish(message: WireMessage): Promise<PublishResult> {
    return this.#direct.publish(message);
  }

  #offered(message: WireMessage): Promise<PublishResult> | NoRoom {
    let taken;
    try {
      const topic = kafkaTopicOf(message.topic);
      if (this.#lanes.get(laneKey(topic, message))?.isSending === true) return 'one';
      taken = this.#checked(topic, message);
    } catch (error) {
      return Promise.reject(toGridwireError(error));
    }
    if (this.#underWay >= this.parts.settings.publishLimit) return 'all';
    const lane = this.#lane(taken.topic, message);
    return lane.hasRoom(taken.size) ? this.#add(lane, taken) : 'one';
  }

  /** @throws GridwireError why Kafka would never take the message, or that it is away */
  #checked(topic: string, message: WireMessage) {
    assertNotExpired(message);
    const record = recordOf(message);
    const size = sizeOf(record);
    const { batchBytes } = this.parts.settings;
    if (size > batchBytes) {
      const text = `The message for ${message.topic} takes ${size} bytes and the broker's settings allow ${batchBytes}; make it smaller, or raise batchBytes and Kafka's max.message.bytes.`;
      throw new GridwireError('BODY_TOO_LARGE', text, {
        details: { topic: message.topic, size, limit: batchBytes },
      });
    }
    if (!this.#open) throw new GridwireError('BROKER_DISCONNECTED', 'Kafka is not connected.');
    const inTime = expiryWatch(message);
    return { topic, record: timely(record, inTime), inTime, size };
  }

  async #add(
    lane: BatchLane,
    { size, ...message }: { record: Message; inTime: (() => void) | undefined; size: number },
  ): Promise<PublishResult> {
    this.#underWay += 1;
    try {
      return { success: true, message_id: await lane.add(message, size), error: null };
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Once for all lanes whose batch has ended, after those who sent it know. */
  #room(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      this.outlets.room();
    });
  }

  #lane(topic: string, message: WireMessage): BatchLane {
    const { qos, log } = message;
    const key = laneKey(topic, message);
    let lane = this.#lanes.get(key);
    if (!lane) {
      const send = (batch: Batch) => this.#send(topic, qos, log, batch);
      lane = new BatchLane(this.parts.settings, send, () => {
        this.#lanes.delete(key);
        this.#room();
      });
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  async #send(topic: string, qos: Qos, log: LogHint | undefined, batch: Batch): Promise<string[]> {
    // Each producer has a connection of its own: what follows an unanswered batch has to take the same.
    const slot = qos === 2 && !this.#unanswered.has(topic) ? this.#idempotent : this.#plain;
    try {
      await this.parts.topics.ensure(topic, log);
      const results = await slot.use((producer) =>
        sendWhole(producer, {
          topic,
          acks: qos === 0 ? 0 : -1,
          timeout: this.parts.settings.requestTimeout,
          compression: COMPRESSION[this.parts.settings.compression],
          messages: batch,
        }),
      );
      if (qos === 0) this.#unanswered.add(topic);
      else this.#unanswered.delete(topic);
      const next = new Map(results.map(({ partition, baseOffset }) => [partition, Number(baseOffset ?? 0)]));
      return batch.map(({ partition = 0 }) => {
        const offset = next.get(partition);
        if (offset !== undefined) next.set(partition, offset + 1);
        return `${topic}/${partition}/${offset ?? '-'}`;
      });
    } catch (cause) {
      // kafkajs takes a failed batch's sequence numbers back and gives them to the next batch. Had Kafka written the
      // first one, it would take the other for a repetition and drop it with a good answer. A new producer has an id
      // and numbers of its own.
      if (slot === this.#idempotent) own(this.#idempotent.retire(), () => this.lost());
      const fault = kafkaFault(cause, `The message for ${topic} was not taken by Kafka`, { topic });
      if (fault.code === 'TOPIC_UNKNOWN') this.parts.topics.forget(topic);
      if (fault.fault === 'transient') this.lost();
      throw fault;
    }
  }
}

function laneKey(topic: string, { qos }: WireMessage): string {
  return `${qos} ${topic}`;
}
