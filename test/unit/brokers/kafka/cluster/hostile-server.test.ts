import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { KafkaBroker } from '../../../../../src/brokers/kafka/kafka-broker.js';
import { readBatches } from '../../../../../src/brokers/kafka/cluster/record-batches.js';

const length = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const ANSWERS: Record<string, Buffer> = {
  'a negative length': length(-1),
  'a length of two gigabytes': length(0x7fffffff),
  'no length at all': length(0),
  'two bytes': Buffer.concat([length(2), Buffer.from([0, 0])]),
  'an answer that nobody asked for': Buffer.concat([length(8), length(12345), length(0)]),
  'lists without an end': Buffer.concat([
    length(14),
    length(0),
    Buffer.from([0, 0]),
    length(0x7fffffff),
    length(-1),
  ]),
};

describe('a hostile Kafka server', () => {
  for (const [what, answer] of Object.entries(ANSWERS)) {
    it(`ends no more than its connection: ${what}`, async () => {
      const server = net.createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.on('data', () => socket.write(answer));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const times = { requestTimeout: 300, connectTimeout: 300 };
      const broker = new KafkaBroker({ brokers: [`127.0.0.1:${port}`], retries: 0, ...times });
      await broker.connect();
      assert.equal(broker.isConnected(), false);
      await broker.disconnect();
      server.close();
    });
  }
});

describe('a batch of records', () => {
  /** A batch whose records are these bytes. */
  function batch(attributes: number, count: number, records: Buffer, lastOffsetDelta = 2): Buffer {
    const head = Buffer.alloc(61);
    head.writeBigInt64BE(7n, 0);
    head.writeInt32BE(49 + records.length, 8);
    head.writeInt8(2, 16);
    head.writeInt16BE(attributes, 21);
    head.writeInt32BE(lastOffsetDelta, 23);
    head.writeInt32BE(count, 57);
    return Buffer.concat([head, records]);
  }
  const GOOD = batch(0, 1, Buffer.from([0x10, 0, 0, 0, 1, 2, 0x61, 0, 0]), 0);

  const BAD: Record<string, Buffer> = {
    'more records than it has bytes': batch(0, 0x7fffffff, Buffer.from([1])),
    'a record that is longer than it': batch(0, 1, Buffer.from([0xfe, 0xff, 0x03])),
    'a record with a key beyond its end': batch(0, 1, Buffer.from([0x10, 0, 0, 0, 0x7e, 2, 0x61, 0, 0])),
    'headers without an end': batch(0, 1, Buffer.from([0x12, 0, 0, 0, 1, 1, 0xfe, 0xff, 0x7f, 0])),
    'gzip that is none': batch(1, 1, Buffer.from('nonsense')),
    'a codec that is none': batch(7, 1, Buffer.from('nonsense')),
  };
  for (const [what, bytes] of Object.entries(BAD)) {
    it(`that holds ${what} is one record that says so, and the next is read`, async () => {
      const records = await readBatches(Buffer.concat([bytes, GOOD]));
      assert.deepEqual(
        records.map(({ offset, unreadable }) => [offset, unreadable === undefined]),
        [
          ['9', false],
          ['7', true],
        ],
      );
      assert.equal(records[0]?.unreadable?.fault, 'permanent');
      assert.equal(records[1]?.value?.toString(), 'a');
    });
  }

  it('that is cut off is left for the next fetch', async () => {
    const records = await readBatches(Buffer.concat([GOOD, GOOD.subarray(0, GOOD.length - 1)]));
    assert.equal(records.length, 1);
  });

  it('that names a length below its head ends the fetch with an error', async () => {
    const bytes = Buffer.from(GOOD);
    bytes.writeInt32BE(-5, 8);
    await assert.rejects(readBatches(bytes), { code: 'BROKER_PROTOCOL' });
  });
});
