import assert from 'node:assert/strict';
import type { Broker, Delivery, Subscription } from '../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { recover } from '../../../src/delivery/history/recovery.js';
import { Replay } from '../../../src/delivery/history/replay.js';
import { DEFAULT_PREFIX, REPLAY_MARK } from '../../../src/delivery/history/replay-plan.js';
import { deadLetter } from '../../../src/delivery/letters/dead-letters.js';
import { Contract } from '../../../src/contracts/contract.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { trustedLetter } from '../../../src/delivery/letters/trusted-letter.js';
import { GridwireError } from '../../../src/errors.js';
import { type InboundMessage, type WireMessage, wirePart } from '../../../src/event.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { NOT_CARRIED } from '../../support/carried-parts.js';
import { ownKafka } from '../../support/kafka.js';
import { startMosquitto } from '../../support/mosquitto.js';
import {
  assertCarried,
  type Carried,
  carried,
  FIDELITY,
  lasting,
  randomMessages,
} from '../../support/random-messages.js';
import { onEachStore } from '../../support/stores.js';
import { until } from '../../support/wait.js';

/*
 * What Gridwire hands on is what it got, to the byte, or it is refused with a code. Random messages go out, through a
 * broker, in, into the store, and from there out again: as a replay, as a dead letter that is read where letters lie, and
 * as one that is repaired. GRIDWIRE_FIDELITY_COUNT and GRIDWIRE_FIDELITY_SEED ask for more, and for others.
 */
const COUNT = FIDELITY.count(300);
const SEED = FIDELITY.seed;
const PATIENCE = 120_000;

interface Transport {
  name: string;
  start(context: Mocha.Context): Promise<{ broker: Broker; stop: () => Promise<void> }>;
  /** What the broker has of a message by its table in docs/brokers.md and docs/kafka.md. */
  has?: (message: Carried) => Carried;
}

const CONTRACT = new Contract(builtInContract('ecogrid-ems'));
const RULE = CONTRACT.data.deadLetter;

const TRANSPORTS: Transport[] = [
  {
    name: 'memory',
    start: () =>
      Promise.resolve({
        broker: new MemoryBroker({ name: `fidelity-${process.pid}` }),
        stop: () => Promise.resolve(),
      }),
  },
  { name: 'MQTT 5', start: (context) => mqtt(context, 5) },
  {
    name: 'MQTT 3.1.1',
    start: (context) => mqtt(context, 4),
    has: (message) => ({ ...message, ...NOT_CARRIED['MQTT 3.1.1'] }),
  },
  {
    name: 'Kafka',
    async start(context) {
      const given = process.env['GRIDWIRE_KAFKA_BROKERS'];
      const kafka = given === undefined ? await ownKafka(context) : undefined;
      const broker = new KafkaBroker({
        brokers: (given ?? kafka?.brokers ?? '').split(','),
        clientId: `fidelity-${process.pid}-${Date.now()}`,
        createTopics: { partitions: 1 },
      });
      return { broker, stop: async () => kafka?.stop() };
    },
    has: (message) => {
      // Kafka's own place for a content type is a header: given as one it is read as such, and given as both it is one.
      const own = message.headers.filter((header) => header.startsWith('"content-type": '));
      const [header = ''] = own;
      if (own.length !== 1 || header.endsWith(': none') || !isText(header)) return message;
      const contentType = Buffer.from(header.split(': ')[1] ?? '', 'hex').toString();
      return { ...message, headers: message.headers.filter((each) => each !== header), contentType };
    },
  },
];

async function mqtt(
  context: Mocha.Context,
  protocolVersion: 4 | 5,
): Promise<{ broker: Broker; stop: () => Promise<void> }> {
  const mosquitto = await startMosquitto(context);
  const where = { host: '127.0.0.1', port: mosquitto.port };
  const broker = new MqttBroker({ ...where, protocolVersion, clientId: 'fidelity' });
  return { broker, stop: () => mosquitto.stop() };
}

for (const transport of TRANSPORTS) {
  describe(`Random messages over ${transport.name}`, function () {
    this.timeout(600_000);
    let broker: Broker;
    let stop: (() => Promise<void>) | undefined;
    let serial = 0;

    before(async function () {
      const started = await transport.start(this);
      ({ broker, stop } = started);
      await broker.connect();
    });
    after(async () => {
      await broker.disconnect();
      await stop?.();
    });

    onEachStore('are the same at every end, or refused with a code', (stores) => {
      let opened: Subscription[] = [];
      afterEach(async () => {
        await Promise.all(opened.map((subscription) => subscription.close({ unsubscribe: true })));
        opened = [];
      });

      it(`seed ${SEED}, ${COUNT} messages`, async () => {
        serial += 1;
        const topic = `fidelity/${process.pid}/${Date.now()}/${serial}`;
        const has = transport.has ?? ((message: Carried): Carried => message);
        const received = await collected(broker, topic, opened);
        const replayed = await collected(broker, DEFAULT_PREFIX + topic, opened);
        const letters = await collected(broker, `${topic}/dlt`, opened);

        const channel = await broker.openChannel(topic, { capacity: COUNT });

        const sent = await published(broker, randomMessages(topic, { count: COUNT, seed: SEED }));
        assert.ok(sent.length > COUNT / 2, `only ${sent.length} of ${COUNT} were taken`);
        await until('all were received', () => received.length === sent.length, PATIENCE);
        assertCarried(
          'received',
          received,
          sent.map((message) => has(carried(message))),
        );
        const expected = received.map((message) => carried(message));
        const pulled: InboundMessage[] = [];
        await until(
          'all were pulled',
          async () => {
            pulled.push(...(await channel.consume()));
            return pulled.length === sent.length;
          },
          PATIENCE,
        );
        await channel.close();
        assertCarried('pulled', pulled, expected);

        const store = await stores.open();
        await throughQueues(store, received, expected);

        await store.mirror.append(received.map((message) => ({ message: wirePart(message) })));
        assertCarried(
          'mirrored',
          (await store.mirror.read({}, 0, COUNT)).map(({ message }) => message),
          expected,
        );
        const plan = { name: 'fidelity', query: {}, pace: { kind: 'unlimited' } as const };
        const replay = await Replay.prepare(store, plan, {
          publish: async (message) => {
            await broker.publish(message);
          },
          isCommand: () => false,
        });
        const { state, refused } = await replay.run();
        assert.deepEqual({ state, refused }, { state: 'done', refused: 0 });
        await until('all were replayed', () => replayed.length === sent.length, PATIENCE);
        assertCarried('replayed', replayed, expected.map(lasting), [REPLAY_MARK]);

        const { headers: hasHeaders } = broker.capabilities;
        const written = received.map((message) => letterOf(message, `${topic}/dlt`, hasHeaders));
        assert.equal((await published(broker, written)).length, written.length);
        await until('all letters were received', () => letters.length === sent.length, PATIENCE);
        assert.ok(
          letters.every(({ expiresAt }) => expiresAt === undefined),
          'no letter ends',
        );
        const originals = letters.map((letter) => trustedLetter(letter, CONTRACT)?.original);
        assertCarried('letters', originals as WireMessage[], expected);

        const failure = { code: 'FLOW_FAILED', reason: 'It failed.', fault: 'permanent' } as const;
        await store.deadLetters.add(
          received.map((message) => ({ message: wirePart(message), ...failure, failedAt: Date.now() })),
        );
        received.length = 0;
        const progress = await recover(store.deadLetters, {
          query: {},
          isCommand: () => false,
          publish: async (message) => {
            await broker.publish(message);
          },
        });
        assert.deepEqual(
          [progress.recovered, progress.failed, progress.lastError],
          [sent.length, 0, undefined],
        );
        await until('all were repaired', () => received.length === sent.length, PATIENCE);
        assertCarried('repaired', received, expected);
      });
    });
  });
}

describe('Random messages over a bridge', function () {
  this.timeout(600_000);
  const names = ['MQTT 5', 'Kafka'];
  const started: { broker: Broker; stop: () => Promise<void> }[] = [];
  const opened: Subscription[] = [];

  before(async function () {
    for (const transport of TRANSPORTS)
      if (names.includes(transport.name)) started.push(await transport.start(this));
    for (const { broker } of started) await broker.connect();
  });
  after(async () => {
    for (const { broker, stop } of started) {
      await broker.disconnect();
      await stop();
    }
  });

  it(`from MQTT 5 to Kafka and back are the same, or refused with a code (seed ${SEED}, ${COUNT} messages)`, async () => {
    const [mqttBroker, kafkaBroker] = started.map(({ broker }) => broker) as [Broker, Broker];
    const kafkaHas = TRANSPORTS.find(({ name }) => name === 'Kafka')?.has as (message: Carried) => Carried;
    const topic = `bridge/${process.pid}/${Date.now()}`;
    const first = await collected(mqttBroker, topic, opened);
    const second = await collected(kafkaBroker, topic, opened);
    const third = await collected(mqttBroker, `${topic}/back`, opened);
    const sent = await published(mqttBroker, randomMessages(topic, { count: COUNT, seed: SEED }));
    await until('all came', () => first.length === sent.length, PATIENCE);
    const bridged = await published(kafkaBroker, first.map(wirePart));
    assert.ok(bridged.length > sent.length / 2);
    await until('all came on Kafka', () => second.length === bridged.length, PATIENCE);
    const expected = bridged.map((message) => kafkaHas(carried(message)));
    assertCarried('on Kafka', second, expected);
    const back = second.map((message) => ({ ...wirePart(message), topic: `${topic}/back` }));
    // A content type that Kafka has as bytes of text may have control characters in it.
    const taken = new Set(await published(mqttBroker, back));
    await until('all came back', () => third.length === taken.size, PATIENCE);
    assertCarried(
      'back',
      third,
      expected.filter((_message, index) => taken.has(back[index] as WireMessage)),
    );
  });
});

/** Everything that comes on a topic from now on, or came there before where the broker keeps it. */
async function collected(broker: Broker, topic: string, opened: Subscription[]): Promise<InboundMessage[]> {
  const received: InboundMessage[] = [];
  const take = (delivery: Delivery): void => {
    received.push(delivery.message);
    delivery.settle('ack');
  };
  opened.push(await broker.subscribe(topic, take, { from: 'earliest', identity: topic }));
  return received;
}

/** Publishes in order. @returns those that were taken; the others were refused with a code, for good */
async function published(broker: Broker, messages: readonly WireMessage[]): Promise<WireMessage[]> {
  const taken = await Promise.all(
    messages.map((message) =>
      broker.publish(message).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof GridwireError, String(error));
          assert.equal(error.code, 'NOT_SUPPORTED', error.message);
          assert.equal(error.fault, 'permanent');
          return false;
        },
      ),
    ),
  );
  return messages.filter((_message, index) => taken[index]);
}

async function throughQueues(
  store: EventStore,
  messages: readonly InboundMessage[],
  expected: readonly Carried[],
): Promise<void> {
  await store.outbox.add('q', messages.map(wirePart));
  assertCarried(
    'outbox',
    (await store.outbox.peek('q', 0, COUNT)).map(({ message }) => message),
    expected,
  );
  await store.parked.park(
    'q',
    messages.map((message, index) => ({
      key: String(index).padStart(9, '0'),
      ...{ message: wirePart(message), attempts: 1, nextAttemptAt: 1_000, reason: 'It failed.' },
    })),
  );
  assertCarried(
    'parked',
    (await store.parked.due('q', 2_000, COUNT)).map(({ message }) => message),
    expected,
  );
}

function letterOf(
  { topic, body, headers, ...rest }: InboundMessage,
  to: string,
  hasHeaders: boolean,
): WireMessage {
  const error = { code: 'FLOW_FAILED', message: 'It failed\nat once.', fault: 'permanent' } as const;
  return deadLetter(
    { ...rest, topic, body, headers, error, time: Date.now() },
    RULE,
    to,
    hasHeaders ? 'gridwire' : undefined,
  );
}

function isText(header: string): boolean {
  const bytes = Buffer.from(header.split(': ')[1] ?? '', 'hex');
  return Buffer.from(bytes.toString()).equals(bytes);
}
