import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type IStream, MqttClient } from 'mqtt';
import { FrameReader, PUBLISH, PUBREL } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { AskingIds, LAST_MESSAGE_ID } from '../../../../../src/brokers/mqtt/connection/packet-ids.js';
import { Exchange } from '../../../../../src/brokers/mqtt/outbound/exchange.js';
import { OutboundStream } from '../../../../../src/brokers/mqtt/outbound/outbound-stream.js';
import type { Qos, WireMessage } from '../../../../../src/event.js';
import { until } from '../../../../support/wait.js';

interface Sent {
  message: WireMessage;
}

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const answer = (first: number) => (id: number) => Buffer.from([first, 2, id >> 8, id & 0xff]);
const [puback, pubrec, pubcomp] = [answer(0x40), answer(0x50), answer(0x70)];

/** A broker that accepts the connection and then answers as it is told. */
async function connected(): Promise<{
  exchange: Exchange<Sent>;
  answers: [sent: Sent, refusal: number | undefined][];
  client: MqttClient;
  socket: net.Socket;
  /** Packet ids of the messages that have come. */
  came: number[];
  /** Packet ids that are to be released. */
  released: number[];
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
  const [came, released]: [number[], number[]] = [[], []];
  const reader = new FrameReader();
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      // On topic "t", without a body: 0, 1, t, id.
      if (frame.type === PUBLISH) came.push(frame.bytes.readUInt16BE(frame.start + 3));
      if (frame.type === PUBREL) released.push(frame.uint16());
    }
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
  return { exchange, answers, client, socket, came, released, close };
}

const message = (qos: Qos = 1, length = 0): Sent => ({
  message: { topic: 't', body: Buffer.alloc(length), qos, retain: false, headers: {} },
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

  it('are answered by nothing but what belongs to their QoS, and by that once', async () => {
    const { exchange, answers, socket, came, released, close } = await connected();
    const [once, twice, last] = [message(1), message(2), message(1)];
    for (const each of [once, twice, last]) exchange.send(each);
    await until('they have come', () => came.length === 3);
    const [one, two, three] = came as [number, number, number];
    // QoS 1 as if it were 2, QoS 2 as if it were 1 or at its end, and numbers that nobody has.
    const wrong = [pubrec(one), pubcomp(one), puback(two), pubcomp(two), pubrec(4_321), pubrec(0xffff)];
    socket.write(Buffer.concat([...wrong, puback(three)]));
    await until('the last is answered', () => answers.length > 0);
    assert.deepEqual(answers, [[last, undefined]]);
    socket.write(Buffer.concat([pubrec(two), pubrec(two), pubcomp(two), pubcomp(two), puback(one)]));
    await until('all are answered', () => answers.length === 3);
    assert.deepEqual(answers.slice(1), [
      [twice, undefined],
      [once, undefined],
    ]);
    exchange.send(message());
    await until('what was written before has come', () => came.length === 4);
    assert.deepEqual(released, [two]);
    close();
  });

  for (const [what, keepalive, expected] of [
    ['was written nothing for long', Number.MIN_VALUE, 1],
    ['was written something just now', 3_600, 0],
    ['does not ask for it', 0, 0],
  ] as const)
    it(`put PINGREQ off by an answer, and write one to a broker that ${what}: ${expected}`, async () => {
      const { exchange, answers, client, socket, came, close } = await connected();
      // Against mqtt.js's own, which comes by the clock.
      client.reschedulePing = () => undefined;
      let pings = 0;
      client.sendPing = () => void (pings += 1);
      Object.defineProperty(client, 'keepalive', { value: keepalive });
      exchange.send(message());
      await until('it has come', () => came.length === 1);
      socket.write(puback(came[0]!));
      await until('it is answered', () => answers.length === 1);
      assert.equal(pings, expected);
      close();
    });

  it('show at once how much is left to send: of QoS 0 that is all there is to know', async () => {
    const { exchange, socket, close } = await connected();
    socket.pause();
    // More than the system keeps for a reader that does not read.
    exchange.send(message(0, 16_000_000));
    assert.equal(exchange.needsDrain, true);
    close();
  });
});
