import mqtt, { type MqttClient } from 'mqtt';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { systemClock } from '../../../src/clock.js';
import { partitionsOf } from '../../../src/delivery/partitions/partition.js';
import { PartitionGroup } from '../../../src/delivery/partitions/partition-group.js';
import type { GridwireError } from '../../../src/errors.js';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.js';
import type { PostgresSettings } from '../../../src/store/postgres/settings.js';

/** A message that came out of some member. */
export interface Seen {
  member: string;
  topic: string;
  number: number;
}

/** One of those that share a source, with a flow that takes a little time over each message. */
export interface Member {
  readonly group: PartitionGroup;
  readonly problems: GridwireError[];
  close(): Promise<void>;
}

export interface MemberOptions {
  name: string;
  port: number;
  postgres: PostgresSettings;
  /** Filters of the partitions. */
  lines: string[][];
  rest?: boolean;
  seen: Seen[];
}

const FLOW = 3;

export async function startMember(options: MemberOptions): Promise<Member> {
  const { name, port, postgres, seen } = options;
  const store = await openPostgresStore({ ...postgres, instance: name });
  const broker = new MqttBroker({ host: '127.0.0.1', port, reconnect: { minimum: 100, maximum: 200 } });
  const problems: GridwireError[] = [];
  const group = new PartitionGroup({
    // Sessions outlive a test at the broker.
    group: postgres.database,
    partitions: partitionsOf(options.lines, 'sites/#', options.rest === true),
    leases: () => Promise.resolve(store.leases),
    session: (session) => broker.session(session),
    prepare: () => Promise.resolve(),
    subscribe: { qos: 1, window: 50 },
    clock: systemClock,
    onChange: () => undefined,
    onProblem: (error) => problems.push(error),
    open: () => {
      let closed = false;
      return {
        take: (delivery) => {
          const { topic, body } = delivery.message;
          setTimeout(() => {
            if (closed) return;
            seen.push({
              member: name,
              topic,
              number: Number(Buffer.from(body).toString()),
            });
            delivery.settle('ack');
          }, FLOW);
        },
        close: () => void (closed = true),
      };
    },
  });
  group.start();
  return {
    group,
    problems,
    close: async () => {
      await group.close();
      await store.close();
    },
  };
}

/** Sends numbered messages of some sites, one after the other for each, and knows what the broker has accepted. */
export class Sender {
  readonly sent = new Map<string, number>();
  private running: Promise<void> | undefined;
  private stopped = false;

  private constructor(
    private readonly client: MqttClient,
    private readonly sites: readonly number[],
  ) {}

  static async to(port: number, sites: readonly number[]): Promise<Sender> {
    return new Sender(await mqtt.connectAsync({ host: '127.0.0.1', port }), sites);
  }

  /** @param rounds messages for each site */
  async send(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(this.sites.map((site) => this.one(site)));
  }

  start(): void {
    this.stopped = false;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.client.endAsync();
  }

  /** What has not come out. */
  missing(seen: readonly Seen[]): string[] {
    const out = new Set(seen.map(({ topic, number }) => `${topic} ${number}`));
    return [...this.sent].flatMap(([topic, last]) =>
      Array.from({ length: last }, (_, index) => `${topic} ${index + 1}`).filter((one) => !out.has(one)),
    );
  }

  private async one(site: number): Promise<void> {
    const topic = `sites/${site}/devices/D${site}/telemetry`;
    const number = (this.sent.get(topic) ?? 0) + 1;
    await this.client.publishAsync(topic, String(number), { qos: 1 });
    this.sent.set(topic, number);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.send(1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** First occurrences that came after a higher one of the same topic: none where order was kept. */
export function outOfOrder(seen: readonly Seen[]): Seen[] {
  const highest = new Map<string, number>();
  const known = new Set<string>();
  return seen.filter(({ topic, number }) => {
    const key = `${topic} ${number}`;
    if (known.has(key)) return false;
    known.add(key);
    const before = highest.get(topic) ?? 0;
    highest.set(topic, Math.max(before, number));
    return number < before;
  });
}
