import assert from 'node:assert/strict';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { type Kafka as KafkaService, KAFKA_USER } from '../../../scripts/services/index.js';
import { ownKafka } from '../../support/kafka.js';

describe('services: kafka', () => {
  let service: KafkaService;
  before(async function () {
    service = await ownKafka(this);
  });
  after(() => (service as KafkaService | undefined)?.stop());

  const client = (sasl?: SASLOptions) =>
    new Kafka({
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      ...(sasl === undefined
        ? { brokers: service.brokers.split(',') }
        : { brokers: service.secureBrokers.split(','), ssl: { ca: service.ca }, sasl }),
    });

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    it(`lets the user in by ${mechanism}, and shows it no topic that it has no permission for`, async () => {
      const admin = client().admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: `secret-${mechanism}` }] });
      await admin.disconnect();
      const user = client({ mechanism, ...KAFKA_USER }).admin();
      await user.connect();
      assert.deepEqual(await user.listTopics(), []);
      await user.disconnect();
    });
  }

  it('keeps its topics over a restart', async () => {
    const admin = client().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept' }] });
    await admin.disconnect();
    await service.nodes[0]?.stop();
    await service.nodes[0]?.start();
    const again = client().admin();
    await again.connect();
    assert.ok((await again.listTopics()).includes('kept'));
    await again.disconnect();
  });
});
