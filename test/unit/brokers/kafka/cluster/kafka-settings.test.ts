import assert from 'node:assert/strict';
import {
  kafkaSettings,
  type KafkaSettings,
} from '../../../../../src/brokers/kafka/cluster/kafka-settings.js';
import { WRITTEN_CODECS } from '../../../../../src/brokers/kafka/codecs/codecs.js';
import { GridwireError } from '../../../../../src/errors.js';

const GOOD: KafkaSettings = { brokers: ['kafka.example:9092', '[::1]:9093'] };

describe('Kafka settings', () => {
  it('need nothing but the bootstrap servers', () => {
    const settings = kafkaSettings(GOOD);
    assert.deepEqual([settings.linger, settings.compression, settings.retries], [5, 'gzip', 3]);
    assert.match(settings.clientId, /^gridwire-[0-9a-f]{12}$/);
  });

  it('take every codec that Kafka has', () => {
    for (const compression of WRITTEN_CODECS)
      assert.equal(kafkaSettings({ ...GOOD, compression }).compression, compression);
  });

  for (const [field, settings] of [
    ['brokers', { brokers: [] }],
    ['brokers', { brokers: ['kafka.example'] }],
    ['brokers', { brokers: ['kafka.example:0'] }],
    ['brokers', { brokers: ['kafka://kafka.example:9092'] }],
    ['clientId', { ...GOOD, clientId: '' }],
    ['linger', { ...GOOD, linger: -1 }],
    ['batchBytes', { ...GOOD, batchBytes: Number.NaN }],
    ['compression', { ...GOOD, compression: 'brotli' as 'lz4' }],
    ['createTopics.partitions', { ...GOOD, createTopics: { partitions: 0 } }],
    ['reconnect.maximum', { ...GOOD, reconnect: { minimum: 10, maximum: 5 } }],
    ['sasl.mechanism', { ...GOOD, sasl: { mechanism: 'gssapi', username: 'a', password: 'secret-word' } }],
    ['sasl.username', { ...GOOD, sasl: { mechanism: 'plain', username: '', password: 'secret-word' } }],
    ['sasl.token', { ...GOOD, sasl: { mechanism: 'oauthbearer', token: 'secret-word' } }],
  ] as const) {
    it(`are refused by field: ${field}`, () => {
      assert.throws(
        () => kafkaSettings(settings as unknown as KafkaSettings),
        (error) => {
          assert.ok(error instanceof GridwireError);
          assert.equal(error.code, 'SETTING_INVALID');
          assert.equal(error.details['field'], field);
          assert.doesNotMatch(JSON.stringify([error.message, error.details]), /secret-word/);
          return true;
        },
      );
    });
  }
});
