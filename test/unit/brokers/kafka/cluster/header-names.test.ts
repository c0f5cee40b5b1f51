import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readBatches } from '../../../../../src/brokers/kafka/cluster/record-batches.js';
import { readMessage } from '../../../../../src/brokers/kafka/cluster/record.js';

interface Encoded {
  buffer: Buffer;
}
/** kafkajs' own writer of batches. */
const load = createRequire(__filename);
const record = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: object) => Encoded;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: { records: Encoded[] }) => Promise<Encoded>;
};
const ORIGIN = { topic: 'a', partition: 0, group: 'g', qos: 1, redelivered: false } as const;

describe('Headers in a Kafka log', () => {
  it('with a name that is no UTF-8 make a rejected message of their record alone, with its body', async () => {
    const records = ['one', 'two'].map((value, index) =>
      record({
        ...{ offsetDelta: index, key: null, value: Buffer.from(value) },
        headers: index === 0 ? { '@@name@@': Buffer.from('x') } : { b: '1', a: '2' },
      }),
    );
    const { buffer } = await RecordBatch({ records });
    buffer.write('\u00ff\u00fe', buffer.indexOf('@@name@@'), 'latin1');
    const [bad, good] = (await readBatches(buffer)).map((each) => readMessage(each, ORIGIN));
    assert.equal(bad?.unreadable?.code, 'BROKER_PROTOCOL');
    assert.equal(Buffer.from(bad.body).toString(), 'one');
    assert.equal(good?.unreadable, undefined);
    assert.deepEqual(Object.keys(good?.headers ?? {}), ['b', 'a']);
  });

  /** A thousand, and those in which Kafka has what has no place of its own. */
  it('that are too many make a rejected message of their record alone', async () => {
    const many = (count: number): Encoded =>
      record({
        ...{ offsetDelta: 0, key: null, value: Buffer.from(String(count)) },
        headers: { a: Array.from({ length: count }, () => 'x'), ...own },
      });
    const own = { 'content-type': 'a', 'gridwire-response-topic': 'b', 'gridwire-correlation-data': 'c' };
    const { buffer } = await RecordBatch({ records: [many(1_001), many(1_000)] });
    const [bad, good] = (await readBatches(buffer)).map((each) => readMessage(each, ORIGIN));
    assert.equal(bad?.unreadable?.code, 'BODY_TOO_LARGE');
    assert.deepEqual([Buffer.from(bad.body).toString(), bad.headers], ['1001', {}]);
    assert.equal(good?.unreadable, undefined);
    assert.equal((good?.headers['a'] as string[]).length, 1_000);
  });
});
