import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type Mosquitto, startMosquitto } from '../../scripts/services/index.js';
import type { FlowNode } from '../../test/support/node-red-admin.js';
import { NodeRedProcess } from '../../test/support/node-red-process.js';
import { BenchTopic, type LogCheck } from './log-check.js';

export interface PipelineRun {
  /** Events in the flow's hands at once. */
  window: number;
  /** Settings of the Kafka broker node, over its defaults. */
  kafka?: Record<string, string>;
  warmUp: number;
  /** Stops after this many messages, or after so many milliseconds. */
  messages?: number;
  duration?: number;
  /** Called every ten seconds with the rate since the last call and Node-RED's memory (MiB). */
  progress?: (rate: number, rss: number) => void;
}

export interface PipelineResult extends LogCheck {
  sent: number;
  /** Messages a second, from the first publish to the last record. */
  rate: number;
}

const DEVICES = 1000;
const PARTITIONS = 6;
/** Messages that devices may be ahead of Kafka; they wait in Mosquitto. */
const LEAD = 5000;
const POLL = 50;
const PROGRESS_EVERY = 10_000;
const STALLED = 60_000;
const MOSQUITTO_CONF = path.resolve(__dirname, '../../docs/broker-settings/mosquitto.conf');
let runs = 0;

/**
 * EcoGrid's way from devices to services in a fresh Node-RED: Mosquitto, QoS 1, gridwire-ingest, gridwire-publish,
 * Kafka with acks of all, each event acknowledged to Mosquitto when Kafka has it.
 * @throws Error if a message is lost, or a device's order is
 */
export async function pipelineRun(brokers: string, run: PipelineRun): Promise<PipelineResult> {
  runs += 1;
  const prefix = `bench-${process.pid}-${runs}`;
  const config = readFileSync(MOSQUITTO_CONF, 'utf8').split('\n');
  const mosquitto = await startMosquitto({ config });
  const topic = new BenchTopic(brokers, `${prefix}.device-telemetry`);
  await topic.create(PARTITIONS);
  const nodeRed = await NodeRedProcess.start({ version: '5', flows: flow(mosquitto, brokers, prefix, run) });
  const devices = await mqtt.connectAsync(mosquitto.url);
  try {
    await nodeRed.waitForLine(/gridwire-broker:devices-broker\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:kafka-broker\] Connected/);
    const driver = new Driver(devices, topic, nodeRed, run);
    await driver.drive({ messages: run.warmUp });
    const begun = performance.now();
    const sent = await driver.drive(run);
    const rate = (sent * 1000) / (performance.now() - begun);
    const check = await topic.check(run.warmUp + sent);
    if (check.lost + check.disordered > 0) throw new Error(`The pipeline failed: ${JSON.stringify(check)}`);
    return { sent, rate, ...check };
  } finally {
    await devices.endAsync(true);
    await nodeRed.stop();
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
    private readonly nodeRed: NodeRedProcess,
    private readonly run: PipelineRun,
  ) {}

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
        while (this.next < done + LEAD && this.next < first + messages) this.publish();
      await delay(POLL);
      const size = await this.topic.size();
      const now = performance.now();
      if (size > done) moved = now;
      done = Math.max(done, size);
      if (now - moved > STALLED)
        throw new Error(
          `nothing moves: ${this.next} sent, ${done} in Kafka\n${this.nodeRed.lines.slice(-5).join('\n')}`,
        );
      if (now - told >= PROGRESS_EVERY) {
        this.run.progress?.(((done - toldAt) * 1000) / (now - told), memoryOf(this.nodeRed.pid));
        [told, toldAt] = [now, done];
      }
    }
    return this.next - first;
  }

  private mayGoOn(first: number, messages: number, begun: number, duration: number): boolean {
    return this.next < first + messages && performance.now() - begun < duration;
  }

  private publish(): void {
    const number = this.next;
    this.next += 1;
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

function flow(mosquitto: Mosquitto, kafkaBrokers: string, topicPrefix: string, run: PipelineRun): FlowNode[] {
  const common = { z: 'tab', x: 100, y: 100, contract: 'ecogrid-ems', dialect: 'documented' };
  const listed = Array.from({ length: DEVICES }, (_, index) => ({
    serialNumber: `INV-${index}`,
    id: index,
    type: 'SOLAR_INVERTER',
    site: 1,
  }));
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    {
      id: 'devices-broker',
      type: 'gridwire-broker',
      transport: 'mqtt',
      host: '127.0.0.1',
      port: String(mosquitto.port),
      protocolVersion: '5',
      clientId: 'bench',
      cleanSession: false,
    },
    {
      id: 'kafka-broker',
      type: 'gridwire-broker',
      transport: 'kafka',
      kafkaBrokers,
      topicPrefix,
      clientId: 'bench',
      ...run.kafka,
    },
    { id: 'devices', type: 'gridwire-devices', devices: listed, policy: 'onboard' },
    {
      ...common,
      id: 'ingest',
      type: 'gridwire-ingest',
      broker: 'devices-broker',
      devices: 'devices',
      window: String(run.window),
      wires: [['publish'], ['publish'], []],
    },
    {
      ...common,
      id: 'publish',
      type: 'gridwire-publish',
      broker: 'kafka-broker',
      eventType: '',
      parameters: [],
      wires: [[]],
    },
  ];
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
  } catch {
    return NaN;
  }
}
