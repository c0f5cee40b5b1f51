import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { packSnappy } from '../../../../../src/brokers/kafka/codecs/pack-snappy.js';
import { readBatches } from '../../../../../src/brokers/kafka/cluster/record-batches.js';
import { BOUNDS } from '../../../../../src/bounds.js';
import { readMessage } from '../../../../../src/brokers/kafka/cluster/record.js';

const ORIGIN = { topic: 'a', partition: 0, group: 'g', qos: 1, redelivered: false } as const;
const TIME = 1_700_000_000_000;
const APPENDED = 8;

/** As Kafka wrote them before 0.11: https://kafka.apache.org/documentation/#messageset */
function entry(
  offset: number,
  [format, attributes, time = TIME]: [format: number, attributes?: number, time?: number],
  key: Buffer | string | null,
  value: Buffer | string | null,
): Buffer {
  const head = Buffer.alloc(format === 0 ? 6 : 14);
  head.writeInt8(format, 4);
  head.writeInt8(attributes ?? 0, 5);
  if (format > 0) head.writeBigInt64BE(BigInt(time), 6);
  const message = Buffer.concat([head, stretch(key), stretch(value)]);
  const place = Buffer.alloc(12);
  place.writeBigInt64BE(BigInt(offset));
  place.writeInt32BE(message.length, 8);
  return Buffer.concat([place, message]);
}

function stretch(part: Buffer | string | null): Buffer {
  const length = Buffer.alloc(4);
  const bytes = Buffer.from(part ?? '');
  length.writeInt32BE(part === null ? -1 : bytes.length);
  return Buffer.concat([length, bytes]);
}

async function read(...entries: Buffer[]): Promise<unknown[]> {
  const records = await readBatches(Buffer.concat(entries));
  return records.map((record) => {
    const { position, key, body, tombstone, unreadable } = readMessage(record, ORIGIN);
    const what = unreadable?.code ?? (tombstone === true ? null : Buffer.from(body).toString());
    return [position?.offset, position?.timestamp, key, what];
  });
}

describe('A log that was begun before Kafka 0.11', () => {
  it('is read in format 0, which has no times', async () => {
    const odd = Buffer.from([0xff]);
    assert.deepEqual(await read(entry(5, [0], 'k', 'v'), entry(6, [0], null, null), entry(7, [0], odd, '')), [
      ['5', -1, 'k', 'v'],
      ['6', -1, undefined, null],
      ['7', -1, odd, ''],
    ]);
  });

  it('has no more packed messages than an answer may hand over', async () => {
    const count = BOUNDS.fetchParts + 1;
    const set = Buffer.alloc(count * entry(0, [0], null, null).length, entry(0, [0], null, null));
    assert.deepEqual(await read(entry(count, [0, 1], null, gzipSync(set)), entry(count + 1, [0], 'k', 'v')), [
      [String(count), -1, undefined, 'BODY_TOO_LARGE'],
      [String(count + 1), -1, 'k', 'v'],
    ]);
  });

  const packed: [string, Buffer, number][] = [
    ['format 1', entry(6, [1, 1], null, gzipSync(inside(1))), TIME],
    ['format 1, snappy', entry(6, [1, 2], null, packSnappy(inside(1))), TIME],
    [
      'format 1, by the time of the broker',
      entry(6, [1, 1 | APPENDED, TIME + 5], null, gzipSync(inside(1))),
      TIME + 5,
    ],
    ['format 0', entry(6, [0, 1], null, gzipSync(inside(0))), -1],
  ];
  for (const [name, bytes, time] of packed) {
    it(`is read where messages are packed: ${name}`, async () => {
      assert.deepEqual(await read(bytes), [
        ['5', time, 'k', 'a'],
        ['6', time, undefined, 'b'],
      ]);
    });
  }

  it('goes on behind what cannot be read, and in the format of today', async () => {
    const { RecordBatch } = createRequire(__filename)('kafkajs/src/protocol/recordBatch/v0/index.js') as {
      RecordBatch: (batch: object) => Promise<{ buffer: Buffer }>;
    };
    const { buffer } = await RecordBatch({
      firstOffset: 9,
      firstTimestamp: TIME,
      maxTimestamp: TIME,
      records: [],
    });
    const came = await read(
      entry(5, [1, 1], null, gzipSync(Buffer.alloc(70_000_000))),
      entry(6, [1, 1], null, 'nonsense'),
      entry(7, [1, 7], null, 'x'),
      entry(8, [1], 'k', 'v'),
      buffer,
      entry(10, [1], 'cut', 'off').subarray(0, 20),
    );
    assert.deepEqual(came.slice(0, 4), [
      ['5', -1, undefined, 'BODY_TOO_LARGE'],
      ['6', -1, undefined, 'BROKER_PROTOCOL'],
      ['7', -1, undefined, 'NOT_SUPPORTED'],
      ['8', TIME, 'k', 'v'],
    ]);
    assert.equal(came.length, 5);
  });
});

/** Two messages, numbered as the format has it. */
function inside(format: 0 | 1): Buffer {
  const first = format === 0 ? 5 : 0;
  return Buffer.concat([entry(first, [format], 'k', 'a'), entry(first + 1, [format], null, 'b')]);
}
