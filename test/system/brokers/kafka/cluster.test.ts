import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Kafka as Client, logLevel } from 'kafkajs';
import type { Kafka } from '../../../../scripts/services/index.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { isTransient } from '../../../../src/errors.js';
import type { Qos } from '../../../../src/event.js';
import { until } from '../../../support/wait.js';
import { ownKafka } from '../../../support/kafka.js';

const PATIENCE = 120_000;
/** The settings that are recommended are those that the cluster runs with. */
const SETTINGS = path.resolve(__dirname, '../../../../docs/broker-settings/kafka.properties');

describe('Kafka cluster of three', function () {
  this.timeout(240_000);
  let kafka: Kafka | undefined;
  let broker: KafkaBroker | undefined;

  before(async function () {
    kafka = await ownKafka(this, 3, readFileSync(SETTINGS, 'utf8'));
  });
  after(async () => {
    await broker?.disconnect();
    await kafka?.stop();
  });

  async function leader(topic: string): Promise<number> {
    const client = new Client({ brokers: kafka!.brokers.split(','), logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    return topics[0]?.partitions[0]?.leader ?? -1;
  }

  it('promises with the documented settings what Gridwire needs, by its own account', async () => {
    const asking = new KafkaBroker({ brokers: kafka!.brokers.split(','), clientId: 'check' });
    await asking.connect();
    const findings = await asking.check();
    await asking.disconnect();
    assert.deepEqual(
      findings.map(({ subject, judgement }) => `${subject} ${judgement}`),
      ['connection good', 'replication good', 'in-sync good', 'elections good', 'retention good'],
    );
    assert.deepEqual(findings.find(({ subject }) => subject === 'in-sync')?.values, {
      inSync: 2,
      replicas: 3,
    });
  });

  it('loses nothing, and keeps the order of a key, when the leader of its partition is killed', async () => {
    broker = new KafkaBroker({
      brokers: kafka!.brokers.split(','),
      clientId: 'cluster',
      createTopics: { partitions: 1, replicas: 3 },
      sessionTimeout: 6_000,
      requestTimeout: 3_000,
      probeInterval: 500,
      reconnect: { minimum: 20, maximum: 500 },
    });
    await broker.connect();
    assert.equal(broker.isConnected(), true);
    const seen: string[] = [];
    const first: string[] = [];
    await broker.subscribe('moving', (delivery) => {
      const text = Buffer.from(delivery.message.body).toString();
      if (!seen.includes(text)) first.push(text);
      seen.push(text);
      delivery.settle('ack');
    });

    const sent: string[] = [];
    for (let number = 0; number < 150; number += 1) {
      if (number === 50) {
        const node = kafka!.nodes[(await leader('moving')) - 1];
        assert.ok(node);
        await node.stop('SIGKILL');
      }
      const text = String(number);
      await persistently(broker, text, (number % 2) + 1 === 1 ? 1 : 2);
      sent.push(text);
    }
    await until('all have come', () => new Set(seen).size === sent.length, PATIENCE);
    assert.deepEqual(first, sent);
  });
});

/** As the outbox does: what is transient is tried again. */
async function persistently(broker: KafkaBroker, text: string, qos: Qos): Promise<void> {
  const message = { topic: 'moving', body: Buffer.from(text), key: 'one', qos, retain: false, headers: {} };
  const isTaken = (): Promise<boolean> =>
    broker.publish(message).then(
      () => true,
      (error: unknown) => {
        if (isTransient(error)) return false;
        throw error as Error;
      },
    );
  await until(`"${text}" is taken`, isTaken, PATIENCE);
}
