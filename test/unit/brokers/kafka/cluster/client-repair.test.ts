import assert from 'node:assert/strict';
import Cluster = require('kafkajs/src/cluster/index.js');
import { repairClient } from '../../../../../src/brokers/kafka/cluster/client-repair.js';
import { kafkaFault } from '../../../../../src/brokers/kafka/cluster/kafka-faults.js';

describe('Kafka: a cluster of which no server answers', () => {
  it('is one that cannot be reached, and has not refused anything', async () => {
    repairClient();
    const silent = {
      retrier: (attempt: () => unknown) => attempt(),
      brokerPool: {
        refreshMetadataIfNecessary: () => Promise.resolve(),
        withBroker: () => Promise.resolve(null),
      },
    };
    const asked = Cluster.prototype.metadata.call(silent);
    const thrown = await asked.catch((error: unknown) => error);
    const { code, fault, message } = kafkaFault(thrown, 'Kafka at k:9092 cannot be reached');
    assert.deepEqual({ code, fault }, { code: 'BROKER_UNREACHABLE', fault: 'transient' });
    assert.match(message, /no broker of the cluster answers/);
  });
});
