import { Kafka, logLevel, type Admin } from 'kafkajs';

/** What a topic holds of the messages that were sent, each with a number of its own. */
export interface LogCheck {
  /** Numbers that are not there. */
  lost: number;
  /** Records beyond the first of a number. */
  repeated: number;
  /** First records of a device that stand behind a later one of it. */
  disordered: number;
}

/** After so long without a record what has not come is lost, milliseconds. */
const NOTHING_MORE = 10_000;

/** One topic of the benchmark, seen by a client of its own. */
export class BenchTopic {
  private readonly kafka: Kafka;
  private readonly admin: Admin;

  constructor(
    brokers: string,
    readonly name: string,
  ) {
    this.kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING });
    this.admin = this.kafka.admin();
  }

  async create(partitions: number): Promise<void> {
    await this.admin.connect();
    const topic = { topic: this.name, numPartitions: partitions, replicationFactor: 1 };
    await this.admin.createTopics({ topics: [topic], waitForLeaders: true });
  }

  /** How many records Kafka has acknowledged; its end offsets, which cost it next to nothing. */
  async size(): Promise<number> {
    const ends = await this.admin.fetchTopicOffsets(this.name);
    return ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  /**
   * Reads all of it, and what still comes: repetitions stand among its records, so that their count says of no number that
   * it is there.
   * @param count how many numbers were sent, from 0
   */
  async check(count: number): Promise<LogCheck> {
    const seen = new Uint8Array(count);
    const newest = new Map<string, number>();
    const result = { lost: count, repeated: 0, disordered: 0 };
    const size = await this.size();
    const consumer = this.kafka.consumer({ groupId: `check-${this.name}` });
    await consumer.connect();
    await consumer.subscribe({ topic: this.name, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      let read = 0;
      let quiet: NodeJS.Timeout | undefined;
      // A new group's coordinator may still be loading; kafkajs begins again by itself then.
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      const eachMessage = ({
        message: { key, value },
      }: {
        message: { key: Buffer | null; value: Buffer | null };
      }) => {
        const number = numberOf(value);
        const device = String(key);
        read += 1;
        if (seen[number] === 1) result.repeated += 1;
        else {
          seen[number] = 1;
          result.lost -= 1;
          if ((newest.get(device) ?? -1) > number) result.disordered += 1;
          newest.set(device, number);
        }
        clearTimeout(quiet);
        if (read < size) return Promise.resolve();
        if (result.lost === 0) resolve();
        else quiet = setTimeout(resolve, NOTHING_MORE);
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return result;
  }

  async close(): Promise<void> {
    await this.admin.deleteTopics({ topics: [this.name] });
    await this.admin.disconnect();
  }
}

function numberOf(value: Buffer | null): number {
  return (JSON.parse(String(value)) as { telemetryData: { number: number } }).telemetryData.number;
}
