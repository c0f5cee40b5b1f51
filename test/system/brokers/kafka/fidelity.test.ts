import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Kafka as Client, logLevel } from 'kafkajs';
import type { Kafka } from '../../../../scripts/services/index.js';
import type { Delivery } from '../../../../src/brokers/broker.js';
import type { KafkaSettings } from '../../../../src/brokers/kafka/cluster/kafka-settings.js';
import { WRITTEN_CODECS } from '../../../../src/brokers/kafka/codecs/codecs.js';
import type { InboundMessage, WireMessage } from '../../../../src/event.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { emptyKafka } from '../../../support/kafka.js';
import { until } from '../../../support/wait.js';

/** What other systems write and few clients can: each of it once stopped a partition, or came out as something else. */
const RARE: Partial<WireMessage>[] = [
  { headers: { none: null } },
  { headers: { twice: ['a', null, Buffer.from([0xff]), 'a'] } },
  { headers: { ['__proto__']: 'x', constructor: 'y', toString: ['z', 'z'] } },
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
    kafka = await emptyKafka(this);
  });
  after(async () => {
    await broker?.disconnect();
    await kafka?.stop();
  });

  async function connected(clientId: string, settings: Partial<KafkaSettings> = {}): Promise<KafkaBroker> {
    await broker?.disconnect();
    const made = new KafkaBroker({
      brokers: kafka!.brokers.split(','),
      clientId,
      createTopics: { partitions: 1 },
      ...settings,
    });
    await made.connect();
    return made;
  }

  const send = (topic: string, body: Buffer) =>
    (broker as KafkaBroker).publish({ topic, body, qos: 1, retain: false, headers: {} });
  const take = (received: InboundMessage[]) => (delivery: Delivery) => {
    received.push(delivery.message);
    delivery.settle('ack');
  };

  async function createTopic(topic: string, config: Record<string, string>): Promise<void> {
    const admin = new Client({ brokers: kafka!.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await admin.disconnect();
  }

  it('with null headers, repeated and hostile names, keys that are no text, and without a value', async () => {
    broker = await connected('rare');
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

  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    it(`packed by Kafka itself with ${codec}`, async () => {
      broker = await connected(codec);
      await createTopic(codec, { 'compression.type': codec });
      const sent = Array.from(
        { length: 200 },
        (_, index) => `${index} ${'abcdefgh'.repeat(index)}${index ** 5}`,
      );
      await Promise.all(sent.map((text) => send(codec, Buffer.from(text))));
      const received: InboundMessage[] = [];
      await broker.subscribe(codec, take(received), { from: 'earliest' });
      await until('all came', () => received.length === sent.length, 60_000);
      assert.deepEqual(new Set(received.map(({ body }) => Buffer.from(body).toString())), new Set(sent));
      assert.ok(received.every(({ unreadable }) => unreadable === undefined));
    });
  }

  for (const compression of WRITTEN_CODECS) {
    it(`packed with ${compression} on the way out: Kafka itself unpacks it`, async () => {
      broker = await connected(`${compression}-out`, { compression });
      await createTopic(`${compression}-out`, { 'compression.type': 'uncompressed' });
      const sent = [Buffer.alloc(900_000, 'x'), Buffer.from('a{"b":1}'.repeat(999)), randomBytes(70_000)];
      await Promise.all(sent.map((body) => send(`${compression}-out`, body)));
      const received: InboundMessage[] = [];
      await broker.subscribe(`${compression}-out`, take(received), { from: 'earliest' });
      await until('all came', () => received.length === sent.length, 60_000);
      assert.deepEqual(new Set(received.map(({ body }) => hash(body))), new Set(sent.map(hash)));
    });
  }

  it('with the time of the broker, where the topic has it so', async () => {
    broker = await connected('append-time');
    await createTopic('append-time', { 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    await Promise.all(['1', '2'].map((text) => send('append-time', Buffer.from(text))));
    const received: InboundMessage[] = [];
    await broker.subscribe('append-time', take(received), { from: 'earliest' });
    await until('both came', () => received.length === 2, 60_000);
    for (const { position } of received)
      assert.ok(position!.timestamp >= before && position!.timestamp <= Date.now(), `${position!.timestamp}`);
  });

  it('and a batch that unpacks to more than is allowed is one message that says so; the next ones come', async () => {
    broker = await connected('bomb', { unpackLimit: 100_000 });
    await send('bomb', Buffer.alloc(900_000, 'x'));
    await send('bomb', Buffer.from('after'));
    const received: InboundMessage[] = [];
    await broker.subscribe('bomb', take(received), { from: 'earliest' });
    await until('both came', () => received.length === 2, 60_000);
    assert.deepEqual(
      received.map(({ unreadable }) => unreadable?.code),
      ['BODY_TOO_LARGE', undefined],
    );
    assert.ok((received[0]?.body.byteLength ?? 0) < 10_000);
    assert.equal(Buffer.from(received[1]?.body ?? []).toString(), 'after');
  });
});

function carried({ body, key, headers, tombstone }: WireMessage): object {
  return { body: Buffer.from(body), key, headers: Object.entries(headers), tombstone };
}

function hash(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
