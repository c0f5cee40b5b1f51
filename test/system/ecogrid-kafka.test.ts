import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ConfigResourceTypes } from 'kafkajs';
import type { Kafka } from '../../scripts/services/index.js';
import { kafkaJava } from '../../scripts/services/kafka/jars.js';
import { partitionOf } from '../../src/brokers/kafka/outbound/partitioner.js';
import type { JsonObject } from '../../src/event.js';
import { ecogridPipeline, mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { emptyKafka } from '../support/kafka.js';
import { asAdmin } from '../support/kafka-admin.js';

const run = promisify(execFile);
const PARTITIONS = 6;
const GZIP = 1;
const DAY = 24 * 3_600_000;

describe('EcoGrid pipeline from MQTT to Kafka', function () {
  this.timeout(180_000);
  let mosquitto: CrashableMosquitto | undefined;
  let kafka: Kafka | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
    kafka = await emptyKafka(this);
    nodeRed = await NodeRedProcess.start({ flows: pipeline(mosquitto.port, kafka.brokers) });
    await nodeRed.waitForLine(/gridwire-broker:kafka-broker\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:broker\] Connected/);
  });
  after(async () => {
    await nodeRed?.stop();
    await mosquitto?.stop();
    await kafka?.stop();
  });

  /** As a device, by Mosquitto's own client. */
  async function mosquittoPub(kind: 'telemetry' | 'status', text: string): Promise<void> {
    const topic = `sites/1/devices/INV-001/${kind}`;
    const broker = ['-h', '127.0.0.1', '-p', String(mosquitto!.port)];
    await run('mosquitto_pub', [...broker, '-q', '1', '-t', topic, '-m', text]);
  }

  /** What Kafka's own console consumer prints of a topic, a line for each message. */
  async function consoleConsumer(topic: string, count: number): Promise<string[]> {
    const { java, classPath } = kafkaJava();
    const properties = ['print.key=true', 'print.headers=true', 'print.partition=true'];
    const { stdout } = await run(java, [
      '-cp',
      classPath,
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', kafka!.brokers, '--topic', topic, '--from-beginning'],
      ...['--max-messages', String(count), '--timeout-ms', '60000'],
      ...properties.flatMap((property) => ['--formatter-property', property]),
    ]);
    return stdout.trim().split('\n');
  }

  it("puts telemetry where Kafka's console consumer finds it, keyed and on Java's partition, and a bad one among the dead letters", async () => {
    for (const powerKw of [1, 2, 3]) await mosquittoPub('telemetry', JSON.stringify({ powerKw }));
    await mosquittoPub('telemetry', 'not json');

    const events = await consoleConsumer('device-telemetry', 3);
    const partition = partitionOf('INV-001', PARTITIONS);
    for (const [index, line] of events.entries()) {
      const [place, headers, key, ...value] = line.split('\t');
      assert.equal(place, `Partition:${partition}`);
      assert.match(headers ?? '', /content-type:application\/json/);
      assert.equal(key, 'INV-001');
      const event = JSON.parse(value.join('\t')) as JsonObject;
      assert.deepEqual((event['telemetryData'] as JsonObject)['powerKw'], index + 1);
    }

    const [letter] = await consoleConsumer('device-telemetry-dlt', 1);
    assert.match(letter ?? '', /gridwire-failure-code:BODY_NOT_JSON/);
    assert.match(letter ?? '', /not json$/);
  });

  it('writes batches that are compressed by gzip', async () => {
    const folder = path.join(kafka!.nodes[0]!.data, `device-telemetry-${partitionOf('INV-001', PARTITIONS)}`);
    const log = await readFile(path.join(folder, '00000000000000000000.log'));
    // The attributes of a record batch (version 2) stand behind offset, length, epoch, magic and checksum.
    assert.equal(log.readInt16BE(21) & 7, GZIP);
  });

  it('created the topics with the partitions of the broker node and the retention of the contract', async () => {
    await mosquittoPub('status', JSON.stringify({ status: 'ONLINE' }));
    await consoleConsumer('device-status', 1);
    const topics = ['device-telemetry', 'device-status'];
    await asAdmin(kafka!, async (admin) => {
      const metadata = await admin.fetchTopicMetadata({ topics });
      assert.deepEqual(
        metadata.topics.map(({ partitions }) => partitions.length),
        [PARTITIONS, PARTITIONS],
      );
      const resources = topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name }));
      const configs = await admin.describeConfigs({ includeSynonyms: false, resources });
      const days = configs.resources.map(({ resourceName, configEntries }) => {
        const retention = configEntries.find(({ configName }) => configName === 'retention.ms');
        return [resourceName, Number(retention?.configValue) / DAY];
      });
      assert.deepEqual(Object.fromEntries(days), { 'device-telemetry': 7, 'device-status': 30 });
    });
  });
});

/** Devices by MQTT, events and dead letters by Kafka. */
function pipeline(mqttPort: number, brokers: string): FlowNode[] {
  const kafkaNode: FlowNode = {
    id: 'kafka-broker',
    type: 'gridwire-broker',
    transport: 'kafka',
    kafkaBrokers: brokers,
    clientId: 'ecogrid',
    createTopics: true,
    partitions: String(PARTITIONS),
    replicas: '1',
  };
  const flow = ecogridPipeline(mqttBroker('broker', mqttPort));
  const outward = flow.map((node) =>
    ['gridwire-publish', 'gridwire-dlq'].includes(node.type) ? { ...node, broker: kafkaNode.id } : node,
  );
  return [kafkaNode, ...outward];
}
