import { Kafka, logLevel, type Consumer } from 'kafkajs';
import type { JsonObject } from '../../../src/event.js';
import { Fleet } from './fleet.js';

const SESSION = 600_000;
const TOPICS = ['device-telemetry', 'device-status'];

/** Counts what arrives on Kafka: every device's measurements once and in order, apart from repetitions. */
export class KafkaTally {
  duplicates = 0;
  /** Measurements that came before an earlier one of the same device had come. */
  outOfOrder = 0;
  /** First occurrences. */
  distinct = 0;
  lastAt = 0;
  readonly statuses: JsonObject[] = [];
  /** The longest time, in milliseconds, in which nothing new came of a site; clear it to begin anew. */
  readonly longestGap = new Map<number, number>();
  firstAt = 0;
  private readonly siteSeenAt = new Map<number, number>();
  private readonly contiguous: Uint32Array;
  private readonly ahead = new Map<number, Set<number>>();

  private constructor(
    private readonly consumer: Consumer,
    private readonly fleet: Fleet,
  ) {
    this.contiguous = new Uint32Array(fleet.devices);
  }

  /** Makes the topics, unless they are there, and begins to read them. */
  static async of(brokers: string, fleet: Fleet, partitions: number): Promise<KafkaTally> {
    const client = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    const topics = TOPICS.map((topic) => ({ topic, numPartitions: partitions }));
    await admin.createTopics({ topics, waitForLeaders: true });
    await admin.disconnect();
    // A busy machine must not make it lose its place: it would read everything again and call it repeated.
    const consumer = client.consumer({
      groupId: `tally-${process.pid}-${performance.now()}`,
      sessionTimeout: SESSION,
      rebalanceTimeout: SESSION,
    });
    const tally = new KafkaTally(consumer, fleet);
    await consumer.connect();
    await consumer.subscribe({ topics: TOPICS, fromBeginning: true });
    await consumer.run({
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages)
          tally.count(batch.topic, JSON.parse(String(value)) as JsonObject);
        return Promise.resolve();
      },
    });
    return tally;
  }

  /** Accepted by the MQTT broker, and not on Kafka. */
  get missing(): number {
    return this.fleet.total - this.distinct;
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }

  private count(topic: string, event: JsonObject): void {
    if (topic === 'device-status') {
      this.statuses.push(event);
      return;
    }
    const device = Fleet.deviceOf(event['serialNumber'] as string);
    const number = (event['telemetryData'] as JsonObject)['powerKw'] as number;
    const ahead = this.ahead.get(device);
    const known = this.contiguous[device] ?? 0;
    if (number <= known || ahead?.has(number) === true) {
      this.duplicates += 1;
      return;
    }
    this.distinct += 1;
    this.lastAt = performance.now();
    this.firstAt ||= this.lastAt;
    const site = this.fleet.site(device);
    const gap = this.lastAt - (this.siteSeenAt.get(site) ?? this.lastAt);
    this.longestGap.set(site, Math.max(gap, this.longestGap.get(site) ?? 0));
    this.siteSeenAt.set(site, this.lastAt);
    if (number > known + 1) {
      this.outOfOrder += 1;
      this.ahead.set(device, (ahead ?? new Set()).add(number));
      return;
    }
    let next = number;
    while (ahead?.delete(next + 1) === true) next += 1;
    this.contiguous[device] = next;
  }
}
