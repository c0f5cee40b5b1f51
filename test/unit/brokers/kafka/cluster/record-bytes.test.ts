import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import type writeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import { kafkaClient } from '../../../../../src/brokers/kafka/cluster/kafka-client.js';
import { kafkaSettings } from '../../../../../src/brokers/kafka/cluster/kafka-settings.js';
import { NULL_HEADER } from '../../../../../src/brokers/kafka/cluster/client-repair.js';
import { recordBytes } from '../../../../../src/brokers/kafka/cluster/record-bytes.js';
import { recordOf } from '../../../../../src/brokers/kafka/cluster/record.js';

const load = createRequire(__filename);
const WRITER = load.resolve('kafkajs/src/protocol/recordBatch/record/v0/index.js');

/** The writer that kafkajs comes with. */
function kafkajsWriter(): typeof writeRecord {
  const current = load.cache[WRITER];
  Reflect.deleteProperty(load.cache, WRITER);
  try {
    return load(WRITER) as typeof writeRecord;
  } finally {
    if (current !== undefined) load.cache[WRITER] = current;
  }
}

const texts = [
  '',
  'a',
  'grün',
  '温度 🔋',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(8191),
  'x'.repeat(8192),
];
const parts: (Buffer | null)[] = [
  null,
  ...texts.map((text) => Buffer.from(text)),
  Buffer.alloc(1_100_000, 7),
];
const numbers = [0, 1, 63, 64, 127, 128, 8191, 8192, 1_048_575, 1_048_576, 2 ** 31 - 1];
const times = [...numbers, -1, -64, -65, -8193, 2 ** 31, 2 ** 40, -(2 ** 40)];

describe('records of Kafka, written by our own writer', () => {
  before(() => void kafkaClient(kafkaSettings({ brokers: ['127.0.0.1:1'] })));

  function same(record: Message & writeRecord.Place): void {
    const theirs = kafkajsWriter()(record).buffer;
    const { buf, buffer } = recordBytes(record);
    assert.ok(
      theirs.equals(buffer),
      `${buffer.toString('hex', 0, 60)} is not ${theirs.toString('hex', 0, 60)}`,
    );
    assert.equal(buf, buffer);
  }

  it('are what kafkajs writes, whatever the key and the value', () => {
    for (const key of parts) for (const value of parts) same({ key, value });
    for (const text of texts) same({ key: text, value: text });
  });

  it('are what kafkajs writes at each place of a batch, and at each time', () => {
    for (const offsetDelta of numbers) same({ key: null, value: Buffer.from('v'), offsetDelta });
    for (const timestampDelta of times) same({ key: null, value: Buffer.from('v'), timestampDelta });
  });

  it('are what kafkajs writes with headers of text, bytes, several values and none', () => {
    for (const name of texts)
      for (const value of texts) {
        same({ value: null, headers: { [name]: value } });
        same({ value: null, headers: { [name]: Buffer.from(value), other: [value, Buffer.from(value)] } });
      }
    same({ value: null, headers: { none: NULL_HEADER, empty: [], both: [NULL_HEADER, 'x'] } });
    same({
      value: null,
      headers: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`h${at}`, `${at}`])),
    });
  });

  it('keep the order of headers whose names come again after others', () => {
    const headers = { a: ['1', '2'], b: '3' };
    const message = { topic: 't', body: Buffer.from('{}'), qos: 1 as const, retain: false, headers };
    same(recordOf({ ...message, headerOrder: ['a', 'b', 'a'] }));
  });

  it('are written by it wherever the first batch has not been written yet', () => {
    assert.equal(load.cache[WRITER]?.exports, recordBytes);
  });
});
