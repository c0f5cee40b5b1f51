import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { startMosquitto } from '../../scripts/services/index.js';
import { processorMs, residentMiB } from '../process-usage.js';
import type { System } from '../system.js';
import { BenchTopic, type LogCheck } from './log-check.js';
import { DEVICES, type IngestSystem } from './systems.js';

export interface PipelineRun {
  warmUp: number;
  /** Stops after this many messages, or after so many milliseconds. */
  messages?: number;
  duration?: number;
  /** Called every ten seconds with the rate since the last call and the system's memory (MiB). */
  progress?: (rate: number, rss: number) => void;
}

export interface PipelineResult extends LogCheck {
  sent: number;
  /** Messages a second, from the first publish to the last record. */
  rate: number;
  /** Microseconds of the system's processor time for a message. */
  cpu: number;
}

const PARTITIONS = 6;
/** Messages that devices may be ahead of Kafka; they wait in Mosquitto. */
const LEAD = 5000;
const POLL = 50;
const PROGRESS_EVERY = 10_000;
const STALLED = 60_000;
const FIRST_AGAIN = 1_000;
const MOSQUITTO_CONF = path.resolve(__dirname, '../../docs/broker-settings/mosquitto.conf');
let runs = 0;

/**
 * EcoGrid's way from devices to services in a fresh system: Mosquitto, QoS 1, a domain event, Kafka with acks of all, each
 * event acknowledged to Mosquitto when Kafka has it.
 * @throws Error if a message is lost, or a device's order is
 */
export async function pipelineRun(
  kafkaBrokers: string,
  start: IngestSystem,
  run: PipelineRun,
): Promise<PipelineResult> {
  runs += 1;
  const topicPrefix = `bench-${process.pid}-${runs}`;
  const config = readFileSync(MOSQUITTO_CONF, 'utf8').split('\n');
  const mosquitto = await startMosquitto({ config });
  const topic = new BenchTopic(kafkaBrokers, `${topicPrefix}.device-telemetry`);
  await topic.create(PARTITIONS);
  const system = await start({ mosquittoPort: mosquitto.port, kafkaBrokers, topicPrefix });
  const devices = await mqtt.connectAsync(mosquitto.url);
  try {
    const driver = new Driver(devices, topic, system, run);
    await driver.first();
    await driver.drive({ messages: run.warmUp });
    const [begun, before] = [performance.now(), processorMs(system.pid)];
    const sent = await driver.drive(run);
    const rate = (sent * 1000) / (performance.now() - begun);
    const cpu = (1000 * (processorMs(system.pid) - before)) / sent;
    const check = await topic.check(1 + run.warmUp + sent);
    if (check.lost + check.disordered > 0) throw new Error(`The pipeline failed: ${JSON.stringify(check)}`);
    return { sent, rate, cpu, ...check };
  } finally {
    await devices.endAsync(true);
    await system.kill();
    await topic.close();
    await mosquitto.stop();
  }
}

/** The devices: as far ahead of Kafka as they may be, never further, so that the backlog stays what it is. */
class Driver {
  private next = 0;

  constructor(
    private readonly client: MqttClient,
    private readonly topic: BenchTopic,
    private readonly system: System,
    private readonly run: PipelineRun,
  ) {}

  /** The first message, sent again until the system has subscribed and it has arrived. */
  async first(): Promise<void> {
    const begun = performance.now();
    this.next = 1;
    while ((await this.topic.size()) === 0) {
      if (performance.now() - begun > STALLED) throw new Error('The system takes no message.');
      this.publish(0);
      await delay(FIRST_AGAIN);
    }
  }

  /** @returns how many were sent; all of them are in Kafka by then */
  async drive({
    messages = Infinity,
    duration = Infinity,
  }: Pick<PipelineRun, 'messages' | 'duration'>): Promise<number> {
    const first = this.next;
    const begun = performance.now();
    let [told, toldAt, moved, done] = [begun, first, begun, first];
    while (done < this.next || this.next === first || this.mayGoOn(first, messages, begun, duration)) {
      if (this.mayGoOn(first, messages, begun, duration))
        while (this.next < done + LEAD && this.next < first + messages) {
          this.publish(this.next);
          this.next += 1;
        }
      await delay(POLL);
      const size = await this.topic.size();
      const now = performance.now();
      if (size > done) moved = now;
      done = Math.max(done, size);
      if (now - moved > STALLED)
        throw new Error(
          `nothing moves: ${this.next} sent, ${done} in Kafka\n${(this.system.lines ?? []).slice(-5).join('\n')}`,
        );
      if (now - told >= PROGRESS_EVERY) {
        this.run.progress?.(((done - toldAt) * 1000) / (now - told), residentMiB(this.system.pid));
        [told, toldAt] = [now, done];
      }
    }
    return this.next - first;
  }

  private mayGoOn(first: number, messages: number, begun: number, duration: number): boolean {
    return this.next < first + messages && performance.now() - begun < duration;
  }

  private publish(number: number): void {
    const telemetry = {
      powerKw: 45.2,
      voltage: 480.5,
      current: 94.3,
      temperature: 35.2,
      efficiency: 98.5,
      number,
    };
    this.client.publish(`sites/1/devices/INV-${number % DEVICES}/telemetry`, JSON.stringify(telemetry), {
      qos: 1,
    });
  }
}
