import { CompressionTypes } from 'kafkajs';
import { GridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type { LogHint, Qos, WireMessage } from '../../../event.js';
import type { PublishResult } from '../../broker.js';
import { assertNotExpired } from '../../expiry.js';
import { BatchLane, type Batch } from './batch-lane.js';
import { kafkaFault } from '../cluster/kafka-faults.js';
import type { KafkaParts } from '../cluster/kafka-parts.js';
import { kafkaTopicOf } from '../cluster/kafka-topics.js';
import { javaPartitioner } from './partitioner.js';
import { ProducerSlot } from './producer-slot.js';
import { recordOf, sizeOf } from '../cluster/record.js';
import { sendWhole } from './whole-send.js';

const CODECS = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP } as const;

/**
 * Sends messages in batches, one lane for each topic and QoS. QoS 0 asks for no acknowledgement, 1 for that of all
 * in-sync replicas, 2 goes by an idempotent producer besides, so that Kafka drops what the client's retries repeat.
 */
export class Publisher {
  readonly #lanes = new Map<string, BatchLane>();
  readonly #plain: ProducerSlot;
  readonly #idempotent: ProducerSlot;
  #waiting = 0;
  #open = false;

  /** @param lost told of a fault that may mean that the cluster is away */
  constructor(
    private readonly parts: Pick<KafkaParts, 'kafka' | 'settings' | 'topics'>,
    private readonly lost: () => void,
  ) {
    const { kafka, settings } = parts;
    const common = { createPartitioner: javaPartitioner, allowAutoTopicCreation: false };
    this.#plain = new ProducerSlot(() => kafka.producer(common));
    // Without at least one retry kafkajs does not call a producer idempotent.
    const retry = { retries: Math.max(1, settings.retries) };
    this.#idempotent = new ProducerSlot(() =>
      kafka.producer({ ...common, idempotent: true, maxInFlightRequests: 1, retry }),
    );
  }

  start(): void {
    this.#open = true;
  }

  /** Takes nothing more while the cluster is away; what is under way gets its own answer. */
  pause(): void {
    this.#open = false;
  }

  /** Sends what waits, then ends the producers. */
  async stop(): Promise<void> {
    this.#open = false;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.flush()));
    await Promise.all([this.#plain.retire(), this.#idempotent.retire()]);
  }

  async publish(message: WireMessage): Promise<PublishResult> {
    const topic = kafkaTopicOf(message.topic);
    assertNotExpired(message);
    const record = recordOf(message);
    const size = sizeOf(record);
    this.#assertRoom(message.topic, size);
    if (!this.#open) throw new GridwireError('BROKER_DISCONNECTED', 'Kafka is not connected.');
    this.#waiting += 1;
    try {
      const id = await this.#lane(topic, message).add(record, size);
      return { success: true, message_id: id, error: null };
    } finally {
      this.#waiting -= 1;
    }
  }

  #assertRoom(topic: string, size: number): void {
    const { batchBytes, publishLimit } = this.parts.settings;
    if (size > batchBytes) {
      const text = `The message for ${topic} takes ${size} bytes and the broker's settings allow ${batchBytes}; make it smaller, or raise batchBytes and Kafka's max.message.bytes.`;
      throw new GridwireError('BODY_TOO_LARGE', text, { details: { topic, size, limit: batchBytes } });
    }
    if (this.#waiting >= publishLimit) {
      const text = `${publishLimit} messages wait for Kafka already; publish more slowly, or raise publishLimit.`;
      throw new GridwireError('BROKER_QUOTA', text, { details: { topic, limit: publishLimit } });
    }
  }

  #lane(topic: string, { qos, log }: WireMessage): BatchLane {
    const key = `${qos} ${topic}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const send = (batch: Batch) => this.#send(topic, qos, log, batch);
      lane = new BatchLane(this.parts.settings, send, () => this.#lanes.delete(key));
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  async #send(topic: string, qos: Qos, log: LogHint | undefined, batch: Batch): Promise<string[]> {
    const slot = qos === 2 ? this.#idempotent : this.#plain;
    try {
      await this.parts.topics.ensure(topic, log);
      const results = await slot.use((producer) =>
        sendWhole(producer, {
          topic,
          acks: qos === 0 ? 0 : -1,
          timeout: this.parts.settings.requestTimeout,
          compression: CODECS[this.parts.settings.compression],
          messages: batch,
        }),
      );
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
      if (qos === 2) own(this.#idempotent.retire(), () => this.lost());
      const fault = kafkaFault(cause, `The message for ${topic} was not taken by Kafka`, { topic });
      if (fault.code === 'TOPIC_UNKNOWN') this.parts.topics.forget(topic);
      if (fault.fault === 'transient') this.lost();
      throw fault;
    }
  }
}
