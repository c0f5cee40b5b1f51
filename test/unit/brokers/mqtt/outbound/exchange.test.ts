import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type IStream, MqttClient } from 'mqtt';
import { AskingIds, LAST_MESSAGE_ID } from '../../../../../src/brokers/mqtt/connection/packet-ids.js';
import { Exchange } from '../../../../../src/brokers/mqtt/outbound/exchange.js';
import { OutboundStream } from '../../../../../src/brokers/mqtt/outbound/outbound-stream.js';
import type { WireMessage } from '../../../../../src/event.js';
import { until } from '../../../../support/wait.js';

interface Sent {
  message: WireMessage;
}

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const puback = (id: number) => Buffer.from([0x40, 2, id >> 8, id & 0xff]);

/** A broker that accepts the connection and then answers as it is told. */
async function connected(): Promise<{
  exchange: Exchange<Sent>;
  answers: [sent: Sent, refusal: number | undefined][];
  client: MqttClient;
  socket: net.Socket;
  /** Packet ids of the messages that have come. */
  came: number[];
  close: () => void;
}> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, 'connection');
  let stream: OutboundStream | undefined;
  const client = new MqttClient(
    () => (stream = new OutboundStream(net.connect(port, '127.0.0.1'), 4)) as unknown as IStream,
    { reconnectPeriod: 0, clientId: 'x', messageIdProvider: new AskingIds() },
  );
  const [socket] = (await accepted) as [net.Socket];
  await once(socket, 'data');
  const up = new Promise((resolve) => client.once('connect', resolve));
  socket.write(CONNACK);
  await up;
  const came: number[] = [];
  socket.on('data', (chunk: Buffer) => {
    // PUBLISH of QoS 1 on topic "t" without a body: 0x32, 5, 0, 1, t, id.
    for (let at = 0; chunk[at] === 0x32; at += 7) came.push(chunk.readUInt16BE(at + 5));
  });
  const answers: [Sent, number | undefined][] = [];
  const exchange = new Exchange<Sent>(client, stream as unknown as OutboundStream, {
    answered: (sent, refusal) => answers.push([sent, refusal]),
    pinged: () => undefined,
    ponged: () => undefined,
  });
  const close = (): void => {
    client.end(true);
    socket.destroy();
    server.close();
  };
  return { exchange, answers, client, socket, came, close };
}

const message = (): Sent => ({
  message: { topic: 't', body: Buffer.alloc(0), qos: 1, retain: false, headers: {} },
});

describe('the messages under way on a connection', () => {
  it('have packet ids of their own, come back by them in any order, and nothing else does', async () => {
    const { exchange, answers, socket, came, close } = await connected();
    const all = [message(), message(), message()];
    for (const each of all) exchange.send(each);
    await until('they have come', () => came.length === 3);
    assert.equal(new Set(came).size, 3);
    const [first, second, third] = came as [number, number, number];
    // One that nobody has sent, one twice.
    socket.write(Buffer.concat([puback(third), puback(4_321), puback(first), puback(first), puback(second)]));
    await until('all are answered', () => answers.length === 3);
    assert.deepEqual(
      answers.map(([sent]) => all.indexOf(sent)),
      [2, 0, 1],
    );
    close();
  });

  it('keep their packet ids apart over the end of the numbers', async () => {
    const { exchange, answers, socket, came, close } = await connected();
    const slow = message();
    exchange.send(slow);
    await until('it has come', () => came.length === 1);
    const [taken] = came as [number];
    for (let round = 0; round * 1_024 < LAST_MESSAGE_ID; round += 1) {
      const before = came.length;
      for (let count = 0; count < 1_024; count += 1) exchange.send(message());
      await until('they have come', () => came.length === before + 1_024);
      assert.ok(!came.slice(before).includes(taken));
      socket.write(Buffer.concat(came.slice(before).map(puback)));
      const answered = before + 1_024 - 1;
      await until('they are answered', () => answers.length === answered);
    }
    assert.ok(came.every((id) => id > 0 && id <= LAST_MESSAGE_ID));
    socket.write(puback(taken));
    await until('the slow one is answered', () => answers.at(-1)?.[0] === slow);
    close();
  });

  it('of QoS 2 are released once, however often the broker says that it has one, and end with its last word', async () => {
    const { exchange, answers, socket, close } = await connected();
    const sent = message();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    exchange.send({ message: { ...sent.message, qos: 2 } });
    await until('it has come', () => Buffer.concat(chunks).length === 7);
    const [high = 0, low = 0] = Buffer.concat(chunks).subarray(5);
    const packet = (type: number): Buffer => Buffer.from([type, 2, high, low]);
    socket.write(Buffer.concat([...Array<Buffer>(1_000).fill(packet(0x50)), packet(0x70), packet(0x70)]));
    await until('it is answered', () => answers.length === 1);
    await until('it is released', () => Buffer.concat(chunks).length >= 11);
    assert.deepEqual([...Buffer.concat(chunks).subarray(7)], [0x62, 2, high, low]);
    close();
  });

  it('say that the broker lives, which mqtt.js cannot see', async () => {
    const { exchange, answers, client, socket, came, close } = await connected();
    let told = 0;
    client.reschedulePing = () => void (told += 1);
    exchange.send(message());
    await until('it has come', () => came.length === 1);
    assert.equal(told, 0);
    socket.write(puback(came[0]!));
    await until('it is answered', () => answers.length === 1);
    assert.equal(told, 1);
    close();
  });
});
