import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { deliverySuite } from '../../../unit/brokers/delivery-suite.js';
import { emptyKafka } from '../../../support/kafka.js';

deliverySuite(
  'Kafka',
  async (context) => {
    const kafka = await emptyKafka(context);
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
