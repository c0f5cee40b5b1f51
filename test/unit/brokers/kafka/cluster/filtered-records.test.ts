import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readBatches } from '../../../../../src/brokers/kafka/cluster/record-batches.js';
import { readMessage } from '../../../../../src/brokers/kafka/cluster/record.js';

interface Encoded {
  buffer: Buffer;
}
interface Batch {
  messages: Parameters<typeof readMessage>[0][];
  isEmptyDueToFiltering(): boolean;
  lastOffset(): string;
}
/** kafkajs' own writer of batches, and what it makes of those that were read. */
const load = createRequire(__filename);
const record = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: object) => Encoded;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<Encoded>;
};
const KafkaBatch = load('kafkajs/src/consumer/batch.js') as new (
  topic: string,
  fetchedOffset: string,
  partition: object,
) => Batch;
const ORIGIN = { topic: 'a', partition: 0, group: 'g', qos: 1, redelivered: false } as const;
/** Of Java's IntegerSerializer. */
const ZERO = Buffer.alloc(4);

async function batch(
  firstOffset: number,
  keys: readonly (Buffer | null)[],
  more: object = {},
): Promise<Buffer> {
  const records = keys.map((key, offsetDelta) =>
    record({ offsetDelta, key, value: Buffer.from('v'), headers: {} }),
  );
  const { buffer } = await RecordBatch({ records, lastOffsetDelta: keys.length - 1, ...more });
  buffer.writeBigInt64BE(BigInt(firstOffset), 0);
  return buffer;
}

async function fetched(
  bytes: Buffer,
  fetchedOffset: string,
  abortedTransactions: object[] = [],
): Promise<Batch> {
  const messages = await readBatches(bytes);
  return new KafkaBatch('a', fetchedOffset, {
    partition: 0,
    highWatermark: '99',
    abortedTransactions,
    messages,
  });
}

describe('Records of a Kafka log that are not for readers', () => {
  it('leave nothing to be asked for again where compaction took all of a batch', async () => {
    const empty = await fetched(await batch(40, [], { lastOffsetDelta: 6 }), '40');
    assert.deepEqual(
      [empty.messages.length, empty.isEmptyDueToFiltering(), empty.lastOffset()],
      [0, true, '46'],
    );
  });

  it('are passed over at once where compaction took the end of a batch', async () => {
    const bytes = await batch(40, [Buffer.from('a')], { lastOffsetDelta: 9_000 });
    const first = await fetched(bytes, '40');
    assert.deepEqual([first.messages.map(({ offset }) => offset), first.lastOffset()], [['40'], '9040']);
    const rest = await fetched(bytes, '41');
    assert.deepEqual(
      [rest.messages.length, rest.isEmptyDueToFiltering(), rest.lastOffset()],
      [0, true, '9040'],
    );
  });

  it('stay away when an aborted transaction has an event whose key is the number 0', async () => {
    const bytes = Buffer.concat([
      await batch(0, [ZERO, Buffer.from('x')], { transactional: true, producerId: '5' }),
      await batch(2, [ZERO], { transactional: true, producerId: '6' }),
    ]);
    const { messages } = await fetched(bytes, '0', [{ producerId: '5', firstOffset: '0' }]);
    assert.deepEqual(
      messages.map((each) => [each.offset, readMessage(each, ORIGIN).key]),
      [['2', ZERO.toString()]],
    );
  });
});
