import assert from 'node:assert/strict';
import type { Kafka as KafkaService } from '../../../../scripts/services/index.js';
import type { Delivery } from '../../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { until } from '../../../support/wait.js';
import { ownKafka } from '../../../support/kafka.js';

const PATIENCE = 60_000;

describe('Kafka consumer groups', function () {
  this.timeout(120_000);
  let kafka: KafkaService;
  let brokers: KafkaBroker[] = [];
  let serial = 0;
  let topic = '';

  before(async function () {
    kafka = await ownKafka(this);
  });
  after(() => (kafka as KafkaService | undefined)?.stop());
  beforeEach(() => {
    brokers = [];
    serial += 1;
    topic = `groups/${serial}`;
  });
  afterEach(() => Promise.all(brokers.map((broker) => broker.disconnect())));

  async function connected(clientId: string): Promise<KafkaBroker> {
    const broker = new KafkaBroker({
      brokers: kafka.brokers.split(','),
      clientId,
      createTopics: { partitions: 4, replicas: 1 },
      probeInterval: 200,
      sessionTimeout: 6_000,
      reconnect: { minimum: 20, maximum: 200 },
    });
    brokers.push(broker);
    await broker.connect();
    return broker;
  }

  function send(broker: KafkaBroker, text: string, key = text) {
    return broker.publish({ topic, body: Buffer.from(text), key, qos: 1, retain: false, headers: {} });
  }

  const textOf = ({ message }: Delivery) => Buffer.from(message.body).toString();
  const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `${from + index}`);

  it('lose nothing when members come and go all the time, and keep the order of each key', async () => {
    const publisher = await connected('publisher');
    const settled = new Set<string>();
    const last = new Map<string, number>();
    let disorder = 0;
    const take = (delivery: Delivery) => {
      const text = textOf(delivery);
      const { key = '', redelivered } = delivery.message;
      // A first delivery never comes after a later one of its key; repetitions begin again from the last commit.
      if (!redelivered && !settled.has(text)) {
        if ((last.get(key) ?? -1) > Number(text)) disorder += 1;
        last.set(key, Number(text));
      }
      setTimeout(
        () => {
          settled.add(text);
          delivery.settle('ack');
        },
        Number(text) % 7,
      );
    };
    const steady = await connected('steady');
    await steady.subscribe(topic, take, { group: 'churn' });
    let sent = 0;
    const churn = { ends: false };
    const flow = (async () => {
      while (!churn.ends) {
        const batch = numbers(50, sent);
        sent += batch.length;
        await Promise.all(batch.map((text) => send(publisher, text, `device-${Number(text) % 10}`)));
      }
    })();
    for (let round = 0; round < 4; round += 1) {
      const guest = await connected(`guest-${round}`);
      await guest.subscribe(topic, take, { group: 'churn' });
      const before = settled.size;
      await until('some were settled', () => settled.size > before + 100, PATIENCE);
      await guest.disconnect();
    }
    churn.ends = true;
    await flow;
    await until('all were settled', () => settled.size === sent, PATIENCE);
    assert.equal(disorder, 0);
  });

  it('commit nothing for what is settled after the partition went to another member', async () => {
    const publisher = await connected('publisher');
    const first = await connected('first');
    const held: Delivery[] = [];
    await first.subscribe(topic, (delivery) => held.push(delivery), { group: 'late' });
    const texts = numbers(40);
    await Promise.all(texts.map((text) => send(publisher, text)));
    await until('all are in hand', () => held.length === texts.length);

    const second = await connected('second');
    const taken: Delivery[] = [];
    await second.subscribe(topic, (delivery) => taken.push(delivery), { group: 'late' });
    await until('the second has its share', () => taken.length > 0);
    const moved = new Set(taken.map((delivery) => delivery.message.position?.partition));
    for (const delivery of held) delivery.settle('ack');
    await first.disconnect();
    await second.disconnect();

    const third = await connected('third');
    const seen = new Set<string>();
    await third.subscribe(
      topic,
      (delivery) => {
        seen.add(textOf(delivery));
        delivery.settle('ack');
      },
      { group: 'late' },
    );
    const lost = held.filter((delivery) => moved.has(delivery.message.position?.partition)).map(textOf);
    assert.ok(lost.length > 0);
    await until(
      'what the second had not settled came again',
      () => lost.every((text) => seen.has(text)),
      PATIENCE,
    );
  });

  it('hold the offset for a slow message and go on with the others, and after a restart begin with the slow one', async () => {
    const publisher = await connected('publisher');
    const reader = await connected('slow');
    const seen: Delivery[] = [];
    const subscription = await reader.subscribe(topic, (delivery) => {
      seen.push(delivery);
      if (textOf(delivery) !== '0') delivery.settle('ack');
    });
    for (const text of numbers(20)) await send(publisher, text, 'one key');
    await until('all came', () => seen.length === 20);
    await subscription.close();
    const again: Delivery[] = [];
    await reader.subscribe(topic, (delivery) => {
      again.push(delivery);
      delivery.settle('ack');
    });
    await until('the slow one came again, and all behind it', () => again.length === 20);
    assert.deepEqual(again.map(textOf), numbers(20));
  });

  it('keep a stuck partition from stopping the others', async () => {
    const publisher = await connected('publisher');
    const reader = await connected('stuck');
    const seen: string[] = [];
    let poison: Delivery | undefined;
    await reader.subscribe(topic, (delivery) => {
      if (textOf(delivery) === 'poison') poison = delivery;
      else {
        seen.push(textOf(delivery));
        delivery.settle('ack');
      }
    });
    await send(publisher, 'poison', 'a');
    await Promise.all(numbers(2_000).map((text) => send(publisher, text, `key-${text}`)));
    await until('all others came', () => seen.length === 2_000, PATIENCE);
    assert.ok(poison);
  });

  it('say how far behind they are', async () => {
    const publisher = await connected('publisher');
    const reader = await connected('behind');
    const held: Delivery[] = [];
    const subscription = await reader.subscribe(topic, (delivery) => held.push(delivery), { window: 5 });
    for (const text of numbers(12)) await send(publisher, text, 'one key');
    await until('the window is full', () => held.length === 5);
    assert.equal(await subscription.lag?.(), 12);
    held[0]?.settle('ack');
    held[1]?.settle('ack');
    await until('two more came', () => held.length === 7);
    let lag = 12;
    while (lag !== 10) lag = (await subscription.lag?.()) ?? 0;
  });

  it('read a topic from its beginning when it comes to match a filter that was there before', async () => {
    const publisher = await connected('publisher');
    const other = await connected('other');
    const seen: string[] = [];
    await other.subscribe(`${topic}/#`, (delivery) => {
      seen.push(`${delivery.message.topic} ${textOf(delivery)}`);
      delivery.settle('ack');
    });
    const name = topic;
    topic = `${name}/new`;
    await send(publisher, 'first');
    await until('it came', () => seen.length === 1, PATIENCE);
    assert.deepEqual(seen, [`${name}/new first`]);
  });

  it('lose nothing over a stop and a start of Kafka, and the state tells of both', async () => {
    const broker = await connected('outage');
    const states: string[] = [];
    broker.on('state', (state) => states.push(state));
    const settled = new Set<string>();
    await broker.subscribe(topic, (delivery) => {
      settled.add(textOf(delivery));
      delivery.settle('ack');
    });
    await Promise.all(numbers(50).map((text) => send(broker, text)));
    await until('the first came', () => settled.size === 50);
    await kafka.nodes[0]?.stop('SIGKILL');
    await until('the loss was seen', () => !broker.isConnected(), PATIENCE);
    await assert.rejects(send(broker, 'meanwhile'), { code: 'BROKER_DISCONNECTED' });
    await kafka.nodes[0]?.start();
    await until('it is back', () => broker.isConnected(), PATIENCE);
    await Promise.all(numbers(50, 50).map((text) => send(broker, text)));
    await until('the rest came', () => settled.size === 100, PATIENCE);
    assert.ok(states.includes('disconnected'));
  });
});
