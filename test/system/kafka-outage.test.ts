import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Admin } from 'kafkajs';
import type { Kafka } from '../../scripts/services/index.js';
import type { Delivery } from '../../src/brokers/broker.js';
import { KafkaBroker } from '../../src/brokers/kafka/kafka-broker.js';
import { ownKafka } from '../support/kafka.js';
import { adminClient, asAdmin } from '../support/kafka-admin.js';
import { LoadBooks } from '../support/load-books.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';
import { chain, DONE, HELD, HELD_GROUP, holding, PLAIN, printing, WORK } from './kafka-outage/flows.js';

const PATIENCE = 120_000;
/** The settings that are recommended are those that the cluster runs with. */
const SETTINGS = path.resolve(__dirname, '../../docs/broker-settings/kafka.properties');
const LOAD_NODES = path.resolve(__dirname, '../support/load-nodes');
/** Messages a second. */
const RATE = 50;

/** What a running flow makes of a cluster of three whose servers die, and of a group that divides its work anew. */
describe('A flow on Kafka', function () {
  this.timeout(4 * PATIENCE);
  let kafka: Kafka;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    kafka = await ownKafka(this, 3, readFileSync(SETTINGS, 'utf8'));
    const topics = [WORK, DONE, HELD, PLAIN].map((topic) => ({ ...topic, replicationFactor: 3 }));
    await asAdmin(kafka, (admin) => admin.createTopics({ topics, waitForLeaders: true }));
  });
  afterEach(() => nodeRed?.stop());
  after(() => (kafka as Kafka | undefined)?.stop());

  /** The next line from here on, and where to look on after it. */
  async function line(pattern: RegExp, from = 0): Promise<string> {
    return nodeRed!.waitForLine(pattern, PATIENCE, from);
  }

  const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `${from + index}`);

  async function sendTo({ topic, numPartitions }: typeof HELD, texts: readonly string[]): Promise<void> {
    const producer = adminClient(kafka).producer();
    await producer.connect();
    const messages = texts.map((value, index) => ({ value, partition: index % numPartitions }));
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  it('goes on where it was after a deploy of everything, also without a client ID', async () => {
    const flows = printing(kafka.brokers);
    nodeRed = await NodeRedProcess.start({ flows });
    const got = (): string[] => nodeRed!.lines.flatMap((each) => /GOT (\d+)/.exec(each)?.[1] ?? []);
    await sendTo(PLAIN, numbers(20));
    await until('all came', () => got().length === 20, PATIENCE);
    await nodeRed.admin.deploy(flows, 'full');
    await sendTo(PLAIN, numbers(2, 20));
    await until(
      'those after the deploy came',
      () => ['20', '21'].every((one) => got().includes(one)),
      PATIENCE,
    );
    assert.deepEqual(
      got()
        .map(Number)
        .sort((one, two) => one - two),
      numbers(22).map(Number),
    );
  });

  describe('with messages held', () => {
    beforeEach(async () => {
      nodeRed = await NodeRedProcess.start({ flows: holding(kafka.brokers) });
    });

    const send = (texts: readonly string[]): Promise<void> => sendTo(HELD, texts);
    const heldLines = () => nodeRed!.lines.filter((each) => /HELD /.test(each)).length;

    it('shows how far it is behind: more while it holds them, and nothing when it is done', async () => {
      await send(numbers(6));
      await line(/STATUS in: 6 received, lag 6/);
      await send(numbers(4, 6));
      await line(/STATUS in: 10 received, lag 10/);
      await nodeRed!.admin.inject('release');
      await line(/STATUS in: 10 received, lag 0/);
    });

    it('commits nothing for what it finishes with after another member has the partition, and says so', async () => {
      const texts = numbers(20, 100);
      await send(texts);
      await until('all are held', () => heldLines() === texts.length, PATIENCE);
      const before = await committed();

      const other = new KafkaBroker({ brokers: kafka.brokers.split(','), clientId: 'other' });
      await other.connect();
      const taken: Delivery[] = [];
      await other.subscribe(HELD.topic, (delivery) => taken.push(delivery), { group: HELD_GROUP });
      const half = texts.length / HELD.numPartitions;
      await until('the other has its share', () => taken.length === half, PATIENCE);
      // Its own share is delivered to it again, and recognised: the flow has these messages still.
      await line(new RegExp(`STATUS in: ${texts.length + half} received`));
      assert.equal(heldLines(), texts.length);
      const moved = taken[0]?.message.position?.partition ?? -1;
      const kept = 1 - moved;

      await nodeRed!.admin.inject('release');
      await line(/gridwire-broker:cluster\] The flow finished with [12]0 messages after the group "holders"/);
      await line(/STATUS in: SETTLED_LATE/);
      await untilCommitted(kept, before[kept]! + half);
      assert.equal((await committed())[moved], before[moved], 'the late acknowledgements committed nothing');

      for (const delivery of taken) delivery.settle('ack');
      await untilCommitted(moved, before[moved]! + half);
      await other.disconnect();
      const seenByOther = taken.map(({ message }) => Buffer.from(message.body).toString());
      assert.deepEqual(
        seenByOther.map(Number).sort((one, two) => one - two),
        texts.filter((_, index) => index % HELD.numPartitions === moved).map(Number),
      );
    });

    /** The group's offsets, by partition. */
    async function committed(): Promise<number[]> {
      const ask = (admin: Admin) => admin.fetchOffsets({ groupId: HELD_GROUP, topics: [HELD.topic] });
      const [topic] = await asAdmin(kafka, ask);
      const offsets: number[] = [];
      for (const { partition, offset } of topic?.partitions ?? []) offsets[partition] = Number(offset);
      return offsets;
    }

    async function untilCommitted(partition: number, offset: number): Promise<void> {
      const isThere = async (): Promise<boolean> => (await committed())[partition] === offset;
      await until(`partition ${partition} is at ${offset}`, isThere, PATIENCE);
    }
  });

  describe('under load', () => {
    let books: LoadBooks;

    beforeEach(async () => {
      const settings = { nodesDir: [LOAD_NODES] };
      nodeRed = await NodeRedProcess.start({ flows: chain(kafka.brokers, RATE), settings });
      books = new LoadBooks(nodeRed.admin);
      await books.arrivals(RATE, PATIENCE);
    });

    async function nothingIsLost(): Promise<void> {
      await books.source('stop');
      const { refused } = await books.until(
        'all have arrived',
        ({ missing, silent }) => missing === 0 && silent === 0,
        PATIENCE,
      );
      assert.equal(refused, 0);
      const starts = nodeRed!.lines.filter((each) => /Started flows/.test(each));
      assert.equal(starts.length, 1, 'Node-RED was not restarted');
    }

    async function leaderOf(topic: string): Promise<number> {
      const { topics } = await asAdmin(kafka, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      return topics[0]?.partitions[0]?.leader ?? -1;
    }

    it('loses nothing when the server that leads a partition is killed', async () => {
      const id = await leaderOf(WORK.topic);
      const leader = kafka.nodes.find((node) => node.id === id);
      await leader!.stop('SIGKILL');
      const { sent } = await books.read();
      await books.until('all partitions go on', ({ arrived }) => arrived > sent + 2 * RATE, PATIENCE);
      await nothingIsLost();
      await leader!.start();
    });

    it('loses nothing when Kafka is killed and started again, and its nodes say what is wrong, and that it is over', async () => {
      const from = nodeRed!.lines.length;
      await Promise.all(kafka.nodes.map((node) => node.stop('SIGKILL')));
      await line(/gridwire-broker:cluster\] Kafka at .* cannot be reached/, from);
      for (const reader of ['in', 'back'])
        await line(new RegExp(`STATUS ${reader}: disconnected: [a-z ]+`), from);
      // Whichever is seen first: that it is not connected, or that it took nothing three times.
      await line(/STATUS out: broker (away|failing): [a-z ]+, \d+ waiting/, from);
      const { sent } = await books.read();
      await books.until('more is sent meanwhile', (now) => now.sent > sent + RATE, PATIENCE);

      const away = nodeRed!.lines.length;
      await Promise.all(kafka.nodes.map((node) => node.start()));
      await line(/gridwire-broker:cluster\] Connected/, away);
      for (const reader of ['in', 'back']) await line(new RegExp(`STATUS ${reader}: \\d+ received`), away);
      for (const writer of ['out', 'forward']) await line(new RegExp(`STATUS ${writer}: \\d+ sent`), away);
      await nothingIsLost();
    });
  });
});
