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

describe('Names of headers in a Kafka log', () => {
  it('that are no UTF-8 make a rejected message of their record alone, with its body', async () => {
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
});
