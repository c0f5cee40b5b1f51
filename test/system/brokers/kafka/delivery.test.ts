import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { startKafka } from '../../../../scripts/services/index.js';
import { deliverySuite } from '../../../unit/brokers/delivery-suite.js';

deliverySuite(
  'Kafka',
  async (context) => {
    context.timeout(120_000);
    const kafka = await startKafka();
    return {
      create: (clientId) =>
        new KafkaBroker({
          brokers: kafka.brokers.split(','),
          clientId,
          createTopics: { partitions: 1, replicas: 1 },
          reconnect: { minimum: 20, maximum: 200 },
        }),
      stop: () => kafka.stop(),
    };
  },
  { qos: [0, 1, 2], retain: false, wildcards: true },
);
