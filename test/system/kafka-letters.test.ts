import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Admin, IHeaders } from 'kafkajs';
import type { Kafka } from '../../scripts/services/index.js';
import { emptyKafka } from '../support/kafka.js';
import { adminClient, asAdmin } from '../support/kafka-admin.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { printingNodes } from '../support/status-flow.js';
import { until } from '../support/wait.js';
import { type SpringService, springService } from './kafka-letters/spring.js';

const PATIENCE = 90_000;

describe('dead letters between Gridwire and Spring for Apache Kafka', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-letters-'));
  let spring: SpringService | undefined;
  let kafka: Kafka | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    spring = await springService(this);
    kafka = await emptyKafka(this);
    const topics = ['device-telemetry', 'device-telemetry-dlt', 'orders', 'orders-dlt'];
    await asAdmin(kafka, (admin) =>
      admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 2 })) }),
    );
    nodeRed = await NodeRedProcess.start({ flows: flow(kafka.brokers, path.join(folder, 'store.db')) });
    await nodeRed.waitForLine(/gridwire-broker:kafka-broker\] Connected/);
  });
  after(async () => {
    await nodeRed?.stop();
    await kafka?.stop();
    spring?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function send(topic: string, values: string[]): Promise<void> {
    const producer = adminClient(kafka!).producer();
    await producer.connect();
    await producer.send({
      topic,
      messages: values.map((value) => ({ key: 'INV-001', value, partition: 1 })),
    });
    await producer.disconnect();
  }

  async function read(topic: string): Promise<{ value: string; headers: IHeaders }> {
    const consumer = adminClient(kafka!).consumer({ groupId: `test-${topic}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    let found: { value: string; headers: IHeaders } | undefined;
    await consumer.run({
      eachMessage: ({ message: { value, headers = {} } }) => {
        found ??= { value: String(value), headers };
        return Promise.resolve();
      },
    });
    await until(`something is on ${topic}`, () => found !== undefined, PATIENCE);
    await consumer.disconnect();
    return found!;
  }

  it('a poison message leaves with its place, the partition goes on, and a Spring service reads the letter', async () => {
    const event = (powerKw: number) =>
      JSON.stringify({
        ...{ deviceId: 123, serialNumber: 'INV-001', siteId: 1, deviceType: 'SOLAR_INVERTER' },
        ...{ telemetryData: { powerKw }, timestamp: '2026-10-04T10:15:00Z', eventType: 'DEVICE_TELEMETRY' },
      });
    await send('device-telemetry', [event(1), '{"poison":true}', event(3)]);
    await nodeRed?.waitForLine(/EVENT 3$/, PATIENCE);
    const letter = await spring?.readLetter(kafka!.brokers, 'device-telemetry-dlt');
    assert.equal(letter?.['payload'], '{"poison":true}');
    const { topic, partition, offset, timestampType, group, fqcn } = letter;
    assert.deepEqual(
      { topic, partition, offset, timestampType, group, fqcn },
      {
        ...{ topic: 'device-telemetry', partition: '1', offset: '1', timestampType: 'CreateTime' },
        ...{ group: 'analytics', fqcn: 'SCHEMA_VIOLATION' },
      },
    );
    assert.ok(Math.abs(Date.now() - Number(letter['timestamp'])) < 300_000);
    assert.match(letter['message'] ?? '', /serialNumber|deviceId/);
    assert.match(letter['stacktrace'] ?? '', /^SCHEMA_VIOLATION: /);
    await asAdmin(kafka!, (admin) => until('all of it is committed', () => isRead(admin), PATIENCE));
  });

  it("a letter that Spring's own recoverer wrote is read, taken into the store, and replayed to where it came from", async () => {
    await spring?.writeLetter(kafka!.brokers);
    const line = await nodeRed?.waitForLine(/FAILURE /, PATIENCE);
    const failure = JSON.parse(/FAILURE (.*)$/.exec(line ?? '')?.[1] ?? '{}') as Record<string, unknown>;
    const { dialect, topic, partition, offset, timestamp, consumerGroup, code, reason } = failure;
    assert.deepEqual(
      { dialect, topic, partition, offset, timestamp, consumerGroup, code },
      {
        ...{ dialect: 'spring', topic: 'orders', partition: 1, offset: '42', timestamp: 1_795_000_000_000 },
        ...{ consumerGroup: 'billing', code: 'java.lang.IllegalStateException' },
      },
    );
    assert.match(String(reason), /no such device|Listener failed/);
    await nodeRed?.waitForLine(/STORED true/, PATIENCE);
    await nodeRed?.admin.inject('recover');
    await nodeRed?.waitForLine(/RECOVERED .*"recovered":1/, PATIENCE);
    const { value, headers } = await read('orders');
    assert.equal(value, '{"n":7}');
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('kafka_')),
      [],
    );
    assert.equal(String(headers['traceparent']), '00-ab');
  });
});

/** Whether the group of the flow has committed all of the topic. */
async function isRead(admin: Admin): Promise<boolean> {
  const ends = await admin.fetchTopicOffsets('device-telemetry');
  const [read] = await admin.fetchOffsets({ groupId: 'analytics', topics: ['device-telemetry'] });
  return ends.every(({ partition, high }) => {
    const committed = read?.partitions.find((each) => each.partition === partition);
    return high === '0' || committed?.offset === high;
  });
}

function flow(kafkaBrokers: string, file: string): FlowNode[] {
  const common = { z: 'tab', broker: 'kafka-broker', dialect: 'documented' };
  const print = (id: string, text: string, wires: string[] = []): FlowNode => ({
    ...{ id, z: 'tab', type: 'function', outputs: 1, wires: [wires] },
    func: `node.warn(${text}); return msg;`,
  });
  return [
    { id: 'tab', type: 'tab', label: 'letters' },
    ...printingNodes('tab'),
    { id: 'kafka-broker', type: 'gridwire-broker', transport: 'kafka', kafkaBrokers, clientId: 'letters' },
    { id: 'store', type: 'gridwire-store', kind: 'sqlite', file },
    {
      ...{ ...common, id: 'events', type: 'gridwire-subscribe', contract: 'ecogrid-ems' },
      ...{ eventType: 'device-telemetry', group: 'analytics', startAt: 'earliest', partitionWindow: '1' },
      wires: [['event'], ['to-spring']],
    },
    print('event', '`EVENT ${msg.payload.telemetryData.powerKw}`'),
    {
      ...{ ...common, id: 'to-spring', type: 'gridwire-dlq', contract: 'ecogrid-ems' },
      ...{ letterHeaders: 'spring', wires: [[]] },
    },
    {
      ...{ ...common, id: 'letters', type: 'gridwire-subscribe', contract: '', filter: 'orders-dlt' },
      ...{ startAt: 'earliest', wires: [['failure'], []] },
    },
    print('failure', '`FAILURE ${JSON.stringify(msg.failure)}`', ['take-in']),
    {
      ...{ ...common, id: 'take-in', type: 'gridwire-dlq', contract: 'ecogrid-ems', store: 'store' },
      wires: [['stored']],
    },
    print('stored', '`STORED ${msg.stored}`'),
    { id: 'recover', z: 'tab', type: 'inject', props: [], repeat: '', once: false, wires: [['replay']] },
    {
      ...{ ...common, id: 'replay', type: 'gridwire-replay', store: 'store', contract: '' },
      ...{ source: 'dead-letters', wires: [['recovered']] },
    },
    print('recovered', '`RECOVERED ${JSON.stringify(msg.payload)}`'),
  ];
}
