import assert from 'node:assert/strict';
import type { Kafka } from '../../../../scripts/services/index.js';
import type { InboundMessage, WireMessage } from '../../../../src/event.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { ownKafka } from '../../../support/kafka.js';
import { until } from '../../../support/wait.js';

/** What other systems write and few clients can: each of it once stopped a partition, or came out as something else. */
const RARE: Partial<WireMessage>[] = [
  { headers: { none: null } },
  { headers: { twice: ['a', null, Buffer.from([0xff]), 'a'] } },
  { key: Buffer.from([0xff, 1]) },
  { key: Buffer.from([0xff, 2]) },
  { key: '' },
  { key: '\ufeffä\u0000' },
  { key: 'gone', body: Buffer.alloc(0), tombstone: true },
  { key: 'empty', body: Buffer.alloc(0) },
  { body: Buffer.from([0, 0xff, 0x80]) },
];

describe('Kafka carries a record as it came', function () {
  this.timeout(240_000);
  let kafka: Kafka | undefined;
  let broker: KafkaBroker | undefined;

  before(async function () {
    kafka = await ownKafka(this);
  });
  after(async () => {
    await broker?.disconnect();
    await kafka?.stop();
  });

  it('with null headers, repeated and hostile names, keys that are no text, and without a value', async () => {
    broker = new KafkaBroker({
      brokers: kafka!.brokers.split(','),
      clientId: 'rare',
      createTopics: { partitions: 1 },
    });
    await broker.connect();
    const sent = RARE.map((rare, index) => ({
      ...{ topic: 'rare', body: Buffer.from(`${index}`), qos: 1 as const, retain: false, headers: {} },
      ...rare,
    }));
    for (const message of sent) await broker.publish(message);
    const received: InboundMessage[] = [];
    const names = new Set<string | undefined>();
    await broker.subscribe(
      'rare',
      (delivery) => {
        received.push(delivery.message);
        names.add(delivery.identity);
        delivery.settle('ack');
      },
      { from: 'earliest' },
    );
    await until('all came', () => received.length === sent.length, 60_000);
    assert.deepEqual(received.map(carried), sent.map(carried));
    assert.deepEqual(
      [...names],
      sent.map((_, index) => `rare/0/${index}`),
    );
  });
});

function carried({ body, key, headers, tombstone }: WireMessage): object {
  return { body: Buffer.from(body), key, headers: Object.entries(headers), tombstone };
}
