import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readBatches } from '../../../src/brokers/kafka/cluster/record-batches.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import type { Chance } from '../generator.js';
import { type Fire, pure, refusable, type Target } from '../target.js';

const API_VERSIONS = 18;
const METADATA = 3;
/** What the server says that it knows: produce, fetch, offsets, metadata, groups, SASL. */
const KNOWN: [key: number, most: number][] = [
  ...([
    [0, 3],
    [1, 4],
    [2, 1],
    [METADATA, 1],
    [8, 2],
    [9, 1],
  ] as [number, number][]),
  ...([
    [10, 0],
    [11, 0],
    [12, 0],
    [13, 0],
    [14, 0],
    [API_VERSIONS, 0],
    [22, 0],
  ] as [number, number][]),
];
/** What a client waits for an answer, milliseconds: there are many that it does not get. */
const PATIENCE = 50;
const CASE = 20;

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const int32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value >>> 0).buffer).swap32();
const string = (text: string): Buffer => Buffer.concat([int16(text.length), Buffer.from(text)]);

function goodAnswer(key: number, port: number): Buffer {
  if (key === API_VERSIONS) {
    const apis = KNOWN.flatMap(([api, most]) => [int16(api), int16(0), int16(most)]);
    return Buffer.concat([int16(0), int32(KNOWN.length), ...apis]);
  }
  if (key !== METADATA) return Buffer.alloc(20);
  const broker = [int32(1), int32(0), string('127.0.0.1'), int32(port), int16(-1), int32(0)];
  const partition = [int16(0), int32(0), int32(0), int32(1), int32(0), int32(1), int32(0)];
  return Buffer.concat([
    ...broker,
    int32(1),
    int16(0),
    string('t'),
    Buffer.from([0]),
    int32(1),
    ...partition,
  ]);
}

async function start(): Promise<Fire> {
  let chance: Chance | undefined;
  let port = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (request) => {
      if (chance === undefined || request.length < 12) return;
      const answer = goodAnswer(request.readInt16BE(4), port);
      const body = chance.is(0.5) ? answer : chance.is(0.7) ? chance.changedBytes(answer) : chance.bytes(500);
      const whole = Buffer.concat([int32(body.length + 4), request.subarray(8, 12), body]);
      socket.write(chance.is(0.15) ? chance.changedBytes(whole) : whole);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as net.AddressInfo).port;
  return {
    shoot: async (given) => {
      chance = given;
      const times = { requestTimeout: PATIENCE, connectTimeout: PATIENCE };
      const broker = new KafkaBroker({ brokers: [`127.0.0.1:${port}`], retries: 0, ...times });
      broker.on('problem', () => undefined);
      await broker.connect();
      const message = { topic: 't', body: given.bytes(20), qos: 1 as const, retain: false, headers: {} };
      await Promise.all(
        [
          refusable(() => broker.publish(message)),
          refusable(() => broker.subscribe('t', (delivery) => delivery.settle('ack'), { group: 'g' })),
          pause(CASE),
        ].map((each) => Promise.race([each, pause(10 * CASE)])),
      );
      await broker.disconnect();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const kafkaServer: Target = {
  name: 'kafka-server',
  what: 'a broker: spoiled answers of Kafka to every request',
  start,
};

/** A batch whose records are these bytes. */
function batch(attributes: number, count: number, records: Buffer): Buffer {
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(7n, 0);
  head.writeInt32BE(49 + records.length, 8);
  head.writeInt8(2, 16);
  head.writeInt16BE(attributes, 21);
  head.writeInt32BE(count, 57);
  return Buffer.concat([head, records]);
}

const RECORD = Buffer.from([0x1c, 0, 0, 0, 2, 0x6b, 2, 0x61, 2, 4, 0x68, 0x68, 4, 0x76, 0x76]);

export const kafkaRecords = pure('kafka-records', 'a broker: spoiled batches of records', async (chance) => {
  const count = chance.int(1, 4);
  const records = chance.is(0.6)
    ? Buffer.concat(Array.from({ length: count }, () => RECORD))
    : chance.changedBytes(RECORD);
  const codec = chance.int(0, 5);
  const packed = codec === 1 ? gzipSync(records) : records;
  const bytes = batch(codec, count, chance.is(0.3) ? chance.changedBytes(packed) : packed);
  await refusable(() => readBatches(chance.is(0.6) ? chance.changedBytes(bytes) : bytes));
});
