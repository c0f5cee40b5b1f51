import assert from 'node:assert/strict';
import type { Admin } from 'kafkajs';
import { KafkaBroker } from '../../../../../src/brokers/kafka/kafka-broker.js';
import { checkKafka } from '../../../../../src/brokers/kafka/cluster/kafka-check.js';

/** A cluster by its own description; one that really runs is asked in the system suite. */
function admin(servers: number, settings: Record<string, string>): Admin {
  const brokers = Array.from({ length: servers }, (_, nodeId) => ({ nodeId, host: 'h', port: 1 }));
  const configEntries = Object.entries(settings).map(([configName, configValue]) => ({
    configName,
    configValue,
  }));
  return {
    describeCluster: () => Promise.resolve({ brokers, controller: 0, clusterId: 'c' }),
    describeConfigs: () => Promise.resolve({ resources: [{ configEntries }], throttleTime: 0 }),
  } as unknown as Admin;
}

const judged = async (asked: Admin | undefined): Promise<string[]> =>
  (await checkKafka(asked)).map(({ subject, judgement }) => `${subject} ${judgement}`);

describe('what a Kafka cluster promises', () => {
  it('names every default that loses events', async () => {
    const settings = {
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'unclean.leader.election.enable': 'true',
      'log.retention.hours': '1',
    };
    assert.deepEqual(await judged(admin(1, settings)), [
      'connection good',
      'replication risk',
      'in-sync risk',
      'elections risk',
      'retention risk',
    ]);
  });

  it('takes the finest setting of the retention, and -1 for ever', async () => {
    const settings = {
      'default.replication.factor': '3',
      'min.insync.replicas': '3',
      'log.retention.ms': '-1',
      'log.retention.hours': '1',
    };
    // All copies in sync: one lost server stops all publishing.
    assert.deepEqual(await judged(admin(3, settings)), [
      'connection good',
      'replication good',
      'in-sync risk',
      'elections good',
      'retention good',
    ]);
  });

  it('says that it may not look, and that there is no connection', async () => {
    const closed = { describeCluster: () => Promise.reject(new Error('CLUSTER_AUTHORIZATION_FAILED')) };
    assert.deepEqual(await judged(closed as unknown as Admin), ['connection good', 'replication unknown']);
    assert.deepEqual(await judged(undefined), ['connection unknown']);
  });

  it('says that subscribers without a group begin anew in each process where no client id names their groups', async () => {
    const places = async (settings: { clientId?: string }, group?: string): Promise<string[]> => {
      const broker = new KafkaBroker({ brokers: ['127.0.0.1:1'], ...settings });
      // It begins when there is a connection.
      const subscribing = broker.subscribe('t', () => undefined, group === undefined ? {} : { group });
      const found = await broker.check();
      await broker.disconnect();
      await subscribing.catch(() => undefined);
      return found.filter(({ subject }) => subject === 'place').map(({ judgement }) => judgement);
    };
    assert.deepEqual(await places({}), ['risk']);
    assert.deepEqual(await places({ clientId: 'app' }), ['good']);
    assert.deepEqual(await places({}, 'shared'), []);
  });
});
