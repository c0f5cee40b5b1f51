import assert from 'node:assert/strict';
import {
  kafkaTopicOf,
  selects,
  splitShare,
  topicOfKafka,
} from '../../../../../src/brokers/kafka/cluster/kafka-topics.js';
import { GridwireError } from '../../../../../src/errors.js';

describe('Kafka topic names', () => {
  it('turn / into . and back', () => {
    assert.equal(kafkaTopicOf('sites/7/devices/INV-001/telemetry'), 'sites.7.devices.INV-001.telemetry');
    assert.equal(
      topicOfKafka('sites.7.devices.INV-001.telemetry', 'sites/#'),
      'sites/7/devices/INV-001/telemetry',
    );
  });

  it('are left alone when they are Kafka names already, and come back as the filter spells them', () => {
    assert.equal(kafkaTopicOf('device-telemetry'), 'device-telemetry');
    assert.equal(kafkaTopicOf('orders.eu'), 'orders.eu');
    assert.equal(topicOfKafka('orders.eu', 'orders.eu'), 'orders.eu');
  });

  for (const [topic, why] of [
    ['a/b.c', 'mixed separators have no way back'],
    ['a b', 'a space'],
    ['zähler', 'a letter outside ASCII'],
    ['a'.repeat(250), 'too long'],
    ['.', 'reserved'],
    ['..', 'reserved'],
    ['//', 'two empty levels around a separator are the reserved ..'],
    ['a/+/b', 'a wildcard'],
    ['', 'empty'],
    ['a\u0000b', 'a NUL'],
  ] as const) {
    it(`are refused and never mended: ${why}`, () => {
      assert.throws(
        () => kafkaTopicOf(topic),
        (error) => error instanceof GridwireError && error.code === 'TOPIC_ILLEGAL',
      );
    });
  }

  it('are selected by MQTT filters', () => {
    assert.ok(selects('sites/+/telemetry', 'sites.7.telemetry'));
    assert.ok(selects('sites/#', 'sites.7.telemetry'));
    assert.ok(selects('sites/#', 'sites'));
    assert.ok(selects('#', 'device-telemetry'));
    assert.ok(selects('orders.eu', 'orders.eu'));
    assert.ok(!selects('sites/+', 'sites.7.telemetry'));
    assert.ok(!selects('sites/7/telemetry', 'sites-7-telemetry'));
  });

  it('are selected by * for any characters, and keep the spelling of such a pattern', () => {
    assert.ok(selects('device-*', 'device-telemetry'));
    assert.ok(selects('*-dlt', 'device-telemetry-dlt'));
    assert.ok(selects('a*b*c', 'a-b-b-c'));
    assert.ok(selects('sites/*', 'sites.7.telemetry'));
    assert.ok(!selects('device-*', 'my-device-telemetry'));
    assert.ok(!selects('a*b*c', 'a-c-b'));
    assert.ok(!selects('ab*ba', 'aba'));
    assert.equal(topicOfKafka('orders.eu', 'orders*'), 'orders.eu');
    assert.equal(topicOfKafka('sites.7', 'sites/*'), 'sites/7');
  });

  it('of Kafka itself are out of reach of wildcards', () => {
    assert.ok(!selects('*', '__consumer_offsets'));
    assert.ok(!selects('#', '__consumer_offsets'));
    assert.ok(!selects('+', '__consumer_offsets'));
  });

  it('take the group from a shared subscription', () => {
    assert.deepEqual(splitShare('$share/ems/sites/#'), { group: 'ems', filter: 'sites/#' });
    assert.deepEqual(splitShare('sites/#'), { filter: 'sites/#' });
  });
});
