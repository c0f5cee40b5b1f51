import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { BOUNDS } from '../../../../../src/bounds.js';
import { FetchRoom } from '../../../../../src/brokers/kafka/cluster/fetch-room.js';
import { KafkaBroker } from '../../../../../src/brokers/kafka/kafka-broker.js';
import { readMessage } from '../../../../../src/brokers/kafka/cluster/record.js';
import { type BatchRecord, readBatches } from '../../../../../src/brokers/kafka/cluster/record-batches.js';
import { repairReader } from '../../../../../src/brokers/kafka/cluster/reader-repair.js';

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

describe('a list in an answer of Kafka', () => {
  interface Decoder {
    readArray(reader: (decoder: Decoder) => unknown): unknown;
    readArrayAsync(reader: (decoder: Decoder) => unknown): unknown;
    readInt8(): number;
  }
  const make = createRequire(__filename)('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;

  it('takes no memory for more elements than there are bytes', () => {
    repairReader();
    const none = { code: 'BROKER_PROTOCOL', message: /a list of 33554431 in 2 bytes/ };
    const long = Buffer.concat([length(0x1ff_ffff), Buffer.from([1, 2])]);
    assert.throws(() => new make(long).readArray(() => null), none);
    assert.throws(() => new make(long).readArrayAsync(() => null), none);
    const good = Buffer.concat([length(2), Buffer.from([1, 2])]);
    assert.deepEqual(
      new make(good).readArray((decoder) => decoder.readInt8()),
      [1, 2],
    );
  });
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

  /** A record whose value has so many bytes. */
  const record = (bytes: number): Buffer => {
    const body = Buffer.concat([Buffer.from([0, 0, 0, 1]), varint(bytes), Buffer.alloc(bytes), varint(0)]);
    return Buffer.concat([varint(body.length), body]);
  };
  const varint = (value: number): Buffer => {
    const bytes: number[] = [];
    for (let left = value * 2; ; left = Math.floor(left / 128)) {
      bytes.push((left % 128) + (left >= 128 ? 128 : 0));
      if (left < 128) return Buffer.from(bytes);
    }
  };
  const MB = 1_048_576;

  it('is left for the next fetch where those before it have unpacked to all that one may', async () => {
    const packed = batch(1, 1, gzipSync(record(3 * MB)), 0);
    const answer = Buffer.concat([packed, packed, packed]);
    const room = new FetchRoom(7 * MB);
    assert.deepEqual(
      (await readBatches(answer, room)).map(({ value }) => value?.length),
      [3 * MB, 3 * MB],
    );
    assert.deepEqual(await readBatches(packed, room), []);
    // One partition does not keep another from going on.
    assert.equal((await readBatches(batch(1, 1, gzipSync(record(1_000)), 0), room)).length, 1);
    assert.equal((await readBatches(GOOD, room)).length, 1);
    // What no fetch has room for is refused, and the next is read.
    const [refused, next] = await readBatches(Buffer.concat([packed, GOOD]), new FetchRoom(2 * MB));
    assert.equal(refused?.unreadable?.code, 'BODY_TOO_LARGE');
    assert.equal(next?.value?.toString(), 'a');
  });

  const many = (count: number, one: Buffer): Buffer =>
    batch(1, count, gzipSync(Buffer.alloc(count * one.length, one)), count - 1);
  const SHORT = Buffer.from([0x0c, 0, 0, 0, 1, 1, 0]);

  it('that unpacks to more records than an answer may have is one record that says so', async () => {
    const records = await readBatches(Buffer.concat([many(BOUNDS.fetchParts + 1, SHORT), GOOD]));
    assert.deepEqual(
      records.map(({ unreadable }) => unreadable?.code),
      ['BODY_TOO_LARGE', undefined],
    );
  });

  it('that has more headers than an answer may have is one record that says so', async () => {
    const headers = 900;
    const body = Buffer.concat([
      Buffer.from([0, 0, 0, 1, 1]),
      varint(headers),
      Buffer.alloc(headers * 2, Buffer.from([0, 1])),
    ]);
    const one = Buffer.concat([varint(body.length), body]);
    const records = await readBatches(many(Math.ceil(BOUNDS.fetchParts / headers), one));
    assert.deepEqual(
      records.map(({ unreadable }) => unreadable?.code),
      ['BODY_TOO_LARGE'],
    );
  });

  it('has a record with too many headers say how many there are, and of its own parts none counts', async () => {
    const read = async (names: readonly string[]): Promise<string | undefined> => {
      const headers = names.map((name) =>
        Buffer.concat([varint(name.length), Buffer.from(name), varint(1), Buffer.from('1')]),
      );
      const body = Buffer.concat([Buffer.from([0, 0, 0, 1, 1]), varint(names.length), ...headers]);
      const [record] = await readBatches(many(1, Buffer.concat([varint(body.length), body])));
      const origin = { topic: 't', partition: 0, group: 'g', qos: 1, redelivered: false } as const;
      const { unreadable, headers: kept, headerOrder } = readMessage(record as BatchRecord, origin);
      if (unreadable !== undefined) assert.deepEqual([kept, headerOrder], [{}, undefined]);
      return unreadable?.message;
    };
    const foreign = (count: number): string[] => Array.from({ length: count }, (_, at) => `x${at % 7}`);
    assert.equal(await read(foreign(BOUNDS.headers)), undefined);
    assert.equal(await read([...foreign(BOUNDS.headers), 'content-type', 'gridwire-expires-at']), undefined);
    for (const count of [1_001, 1_004, 1_005, 3_000])
      assert.match((await read(foreign(count))) ?? 'nothing', new RegExp(`has ${count} headers`));
  });

  it('of many records leaves what no longer fits into the answer for the next fetch', async () => {
    const half = many(Math.ceil(BOUNDS.fetchParts * 0.6), SHORT);
    const room = new FetchRoom(64 * MB);
    const records = await readBatches(Buffer.concat([half, half]), room);
    assert.equal(records.filter(({ isControlRecord }) => !isControlRecord).length, BOUNDS.fetchParts * 0.6);
    assert.deepEqual(await readBatches(half, room), []);
    assert.ok((await readBatches(many(BOUNDS.batchLeastParts, SHORT), room)).length > 0);
  });

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
