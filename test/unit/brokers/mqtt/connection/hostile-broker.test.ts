import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { FrameReader } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

const MESSAGE = { topic: 'a', body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;

describe('packets that are too long', () => {
  it('are passed over without being kept, whatever the pieces they come in', () => {
    const long = Buffer.concat([
      Buffer.from([0x32, 0xa0, 0x8d, 0x06, 0, 1, 0x74, 0, 9]),
      Buffer.alloc(100_000 - 5),
    ]);
    const next = Buffer.from([0xd0, 0]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), (piece) => {
        const reader = new FrameReader(1_000);
        const bytes = Buffer.concat([long, next, long, next]);
        const seen: [number, number, boolean][] = [];
        for (let at = 0; at < bytes.length; at += piece) {
          reader.push(bytes.subarray(at, at + piece));
          for (let frame = reader.next(); frame; frame = reader.next())
            seen.push([frame.type, frame.size, frame.bytes.length <= 66_000]);
        }
        const expected = [3, long.length, true];
        assert.deepEqual(seen, [expected, [13, 2, true], expected, [13, 2, true]]);
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});

for (const protocolVersion of [4, 5] as const) {
  describe(`a hostile broker, MQTT ${protocolVersion === 4 ? '3.1.1' : '5'}`, () => {
    let server: ScriptedMqttServer;
    let broker: MqttBroker;
    let problems: GridwireError[];

    beforeEach(async () => {
      server = new ScriptedMqttServer(protocolVersion);
      await server.start();
      problems = [];
      const reconnect = { minimum: 5, maximum: 20 };
      const address = { host: '127.0.0.1', port: server.port };
      broker = new MqttBroker({
        ...address,
        protocolVersion,
        clientId: 'c',
        reconnect,
        maximumPacketSize: 10_000,
      });
      broker.on('problem', (problem) => problems.push(problem));
      await broker.connect();
    });
    afterEach(async () => {
      await broker.disconnect();
      await server.stop();
    });

    it('gets nothing through the outbound connection that was not asked for', async () => {
      const connection = server.outbound[0];
      connection?.publish(1, 'x', { qos: 1 });
      connection?.publish(2, 'x', { qos: 2 });
      connection?.send({ cmd: 'pubrel', messageId: 2 });
      connection?.send({ cmd: 'pubrel', messageId: 77 });
      // PUBLISH and PUBREL of six bytes; CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, which only clients send.
      connection?.socket.write(
        Buffer.from([0x30, 2, 0, 0, 0x62, 2, 0, 1, 0x82, 0, 0xa2, 0, 0xc0, 0, 0x10, 0]),
      );
      await broker.publish(MESSAGE);
      assert.equal(server.outbound.length, 1);
      assert.ok(
        connection?.received.every(({ cmd }) => !['puback', 'pubrec', 'pubcomp', 'pingresp'].includes(cmd)),
      );
    });

    it('gets an answer for a message that is too long, and the next ones come', async () => {
      const held: Delivery[] = [];
      await broker.subscribe('t', (delivery) => held.push(delivery));
      const connection = await server.inboundConnection(0);
      for (const [id, qos] of [
        [1, 1],
        [2, 2],
      ] as const)
        connection.publish(id, 'x'.repeat(200_000), { qos });
      connection.publish(3, 'short');
      await until('the short one came', () => held.length === 1);
      held[0]?.settle('ack');
      await until('all were answered', () => connection.acknowledgements().length === 3);
      const code = protocolVersion === 5 ? ' 131' : '';
      assert.deepEqual(
        new Set(connection.acknowledgements()),
        new Set([`puback 1${code}`, `pubrec 2${code}`, 'puback 3']),
      );
      assert.deepEqual(
        problems.map(({ code: told, details }) => [told, details['topic']]),
        [
          ['BODY_TOO_LARGE', 't'],
          ['BODY_TOO_LARGE', 't'],
        ],
      );
      assert.equal(
        connection.connect?.properties?.maximumPacketSize,
        protocolVersion === 5 ? 10_000 : undefined,
      );
    });

    it('ends no more than its connections, whatever it sends', async function () {
      this.timeout(60_000);
      await broker.subscribe('t', (delivery) => delivery.settle('ack'));
      const bytes = fc.sample(
        fc.tuple(fc.integer({ min: 0x20, max: 0xff }), fc.uint8Array({ maxLength: 40 })),
        { numRuns: 300, seed: 11 },
      );
      for (const [first, body] of bytes) {
        const frame = Buffer.concat([Buffer.from([first, body.length]), body]);
        for (const { socket } of server.connections) if (!socket.destroyed) socket.write(frame);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until('it is connected again', () => broker.state === 'connected', 10_000);
      await broker.publish(MESSAGE);
    });
  });
}

describe('a broker whose answer to CONNECT is hostile, MQTT 5', () => {
  const connack = (...properties: number[]): Buffer =>
    Buffer.from([0x20, properties.length + 3, 0, 0, properties.length, ...properties]);
  const good = connack();
  const greetings: Record<string, Buffer> = {
    'a keep alive twice, which would end the process': connack(0x13, 0, 1, 0x13, 0, 1),
    'a receive maximum of 0, which would stop all publishes': connack(0x21, 0, 0),
    'a receive maximum twice': connack(0x21, 0, 9, 0x21, 0, 9),
    'a maximum packet size of 0, which would make dead letters of all events': connack(0x27, 0, 0, 0, 0),
    'a maximum QoS twice': connack(0x24, 1, 0x24, 1),
    'a maximum QoS of 2': connack(0x24, 2),
    'a property of another packet': connack(0x23, 0, 1),
    'a text that is longer than the packet': connack(0x1f, 0xff, 0xff),
    'properties longer than they say': Buffer.from([0x20, 6, 0, 0, 1, 0x13, 0, 1]),
    'properties without an end': Buffer.from([0x20, 6, 0, 0, 0xff, 0xff, 0xff, 0x7f]),
    'no code': Buffer.from([0x20, 1, 0]),
    'flags that nobody knows': Buffer.from([0x20, 3, 254, 0, 0]),
    'an answer twice': Buffer.concat([good, good]),
    'a message before it': Buffer.concat([Buffer.from([0x30, 4, 0, 1, 0x74, 0]), good]),
  };
  for (const side of ['outbound', 'inbound'] as const)
    for (const [name, bytes] of Object.entries(greetings))
      it(`is told, and tried again, on the ${side} connection: ${name}`, async () => {
        const server = new ScriptedMqttServer(5);
        let isFirst = true;
        server.script.connack = ({ clientId }, serial) => {
          if (clientId.endsWith('-out') !== (side === 'outbound') || !isFirst) return {};
          isFirst = false;
          server.connections[serial - 1]?.socket.write(bytes);
          return undefined;
        };
        await server.start();
        const address = { host: '127.0.0.1', port: server.port };
        const broker = new MqttBroker({
          ...address,
          ...{ protocolVersion: 5, clientId: 'c', reconnect: { minimum: 5, maximum: 20 } },
        });
        const codes: (string | undefined)[] = [];
        broker.on('state', (_state, error) => codes.push(error?.code));
        const bodies: string[] = [];
        await broker.connect();
        await broker.subscribe('t', (delivery) => {
          bodies.push(Buffer.from(delivery.message.body).toString());
          delivery.settle('ack');
        });
        await until('it is connected', () => broker.state === 'connected' && server[side].length === 2);
        await broker.publish(MESSAGE);
        server.inbound.at(-1)?.publish(1, 'good');
        await until('messages come', () => bodies.length > 0);
        assert.deepEqual(bodies, ['good']);
        assert.ok(codes.includes('BROKER_PROTOCOL'), String(codes));
        await broker.disconnect();
        await server.stop();
      });
});
