import assert from 'node:assert/strict';
import type { Admin, Kafka } from 'kafkajs';
import { Connection } from '../../../../../src/brokers/kafka/cluster/connection.js';
import { kafkaSettings } from '../../../../../src/brokers/kafka/cluster/kafka-settings.js';
import { until } from '../../../../support/wait.js';

/** A cluster each of whose connections the test lets through. */
function cluster() {
  const waiting: (() => void)[] = [];
  const admin = (): Partial<Admin> => ({
    connect: () => new Promise((resolve) => waiting.push(resolve)),
    listTopics: () => Promise.resolve(['a']),
    disconnect: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const settings = kafkaSettings({ brokers: ['127.0.0.1:9092'] });
  const connection = new Connection({ admin } as unknown as Kafka, settings);
  return { connection, waiting };
}

describe('the connection to a Kafka cluster', () => {
  it('comes back when it is ended and wanted again while a look is under way', async () => {
    const { connection, waiting } = cluster();
    const first = connection.start();
    const ended = connection.stop();
    const second = connection.start();
    for (const resume of waiting) resume();
    await Promise.all([first, ended, second]);
    await until('it is connected', () => connection.state === 'connected');
    const stopped = connection.stop();
    assert.equal(connection.state, 'disconnected');
    await stopped;
  });

  it('is not made by a look that began before its end', async () => {
    const { connection, waiting } = cluster();
    const first = connection.start();
    await connection.stop();
    for (const resume of waiting) resume();
    await first;
    assert.equal(connection.state, 'disconnected');
    assert.equal(connection.admin, undefined);
  });

  it('says so and looks again where Kafka never gets done, whatever its answers made kafkajs wait for', async () => {
    let asked = 0;
    const admin = (): Partial<Admin> => ({
      connect: () => new Promise(() => (asked += 1)),
      disconnect: () => Promise.resolve(),
    });
    const times = { connectTimeout: 1, requestTimeout: 1, reconnect: { minimum: 1, maximum: 1 } };
    const settings = kafkaSettings({ brokers: ['127.0.0.1:9092'], ...times });
    const connection = new Connection({ admin } as unknown as Kafka, settings);
    const codes: (string | undefined)[] = [];
    connection.on('state', (state, error) => state === 'disconnected' && codes.push(error?.code));
    await connection.start();
    assert.deepEqual(codes, ['BROKER_TIMEOUT']);
    await until('it has looked again', () => asked > 1);
    await connection.stop();
  });
});
