import assert from 'node:assert/strict';
import { generate } from 'mqtt-packet';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { Delivery, SubscribeOptions } from '../../../../../src/brokers/broker.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { ScriptedMqttServer, type ScriptedConnection } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

for (const protocolVersion of [4, 5] as const) {
  describe(`MQTT ${protocolVersion === 4 ? '3.1.1' : '5'} inbound, against a scripted server`, () => {
    let server: ScriptedMqttServer;
    let broker: MqttBroker;
    let held: Delivery[];
    let problems: GridwireError[];

    beforeEach(async () => {
      server = new ScriptedMqttServer(protocolVersion, {
        connack: (connect, serial) => ({ sessionPresent: serial > 2 && connect.clean === false }),
      });
      await server.start();
      held = [];
      problems = [];
    });
    afterEach(async () => {
      await broker.disconnect();
      await server.stop();
    });

    async function connected(settings: Partial<MqttSettings> = {}, options: SubscribeOptions = { qos: 2 }) {
      broker = new MqttBroker({
        host: '127.0.0.1',
        port: server.port,
        protocolVersion,
        clientId: 'c',
        reconnect: { minimum: 5, maximum: 20 },
        ...settings,
      });
      broker.on('problem', (problem) => problems.push(problem));
      await broker.connect();
      await broker.subscribe('#', (delivery) => held.push(delivery), options);
      return server.inboundConnection(0);
    }

    const texts = () => held.map(({ message }) => Buffer.from(message.body).toString());
    const settle = (...indexes: number[]) => indexes.forEach((index) => held[index]?.settle('ack'));
    const have = (count: number) => until(`${count} deliveries`, () => held.length >= count);
    /** Everything sent before this has been handled by the client when it resolves. */
    async function roundTrip(connection: ScriptedConnection): Promise<void> {
      const before = held.length;
      connection.send({ cmd: 'publish', topic: 'mark', payload: '', qos: 0, dup: false, retain: false });
      await have(before + 1);
      held.pop()?.settle('ack');
    }
    async function acknowledged(connection: ScriptedConnection, ...lines: string[]): Promise<void> {
      await until(`${lines.join()} was sent`, () => connection.acknowledgements().length >= lines.length);
      await roundTrip(connection);
      assert.deepEqual(connection.acknowledgements(), lines);
    }
    /** Drops the connection and waits for the next. */
    async function reconnected(index = 1): Promise<ScriptedConnection> {
      server.inbound[index - 1]?.drop();
      return server.inboundConnection(index);
    }

    it('acknowledges QoS 1 in the order of arrival, whatever the order of settlement', async () => {
      const connection = await connected();
      for (const id of [11, 12, 13]) connection.publish(id, `${id}`);
      await have(3);
      await roundTrip(connection);
      assert.deepEqual(connection.acknowledgements(), []);
      settle(2, 1);
      await roundTrip(connection);
      assert.deepEqual(connection.acknowledgements(), []);
      settle(0);
      await acknowledged(connection, 'puback 11', 'puback 12', 'puback 13');
    });

    it('keeps the orders of QoS 1 and QoS 2 apart', async () => {
      const connection = await connected();
      connection.publish(1, 'a');
      connection.publish(2, 'b', { qos: 2 });
      connection.publish(3, 'c', { qos: 2 });
      await have(3);
      settle(2, 1);
      await acknowledged(connection, 'pubrec 2', 'pubrec 3');
      settle(0);
      await acknowledged(connection, 'pubrec 2', 'pubrec 3', 'puback 1');
    });

    it('gives a QoS 2 message to the flow before PUBREC, and answers PUBREL at once', async () => {
      const connection = await connected();
      connection.publish(7, 'x', { qos: 2 });
      await have(1);
      assert.deepEqual(connection.acknowledgements(), []);
      settle(0);
      await acknowledged(connection, 'pubrec 7');
      connection.send({ cmd: 'pubrel', messageId: 7 });
      await acknowledged(connection, 'pubrec 7', 'pubcomp 7');
    });

    it('delivers a QoS 2 message once although the broker repeats it after PUBREC', async () => {
      const first = await connected();
      first.publish(7, 'x', { qos: 2 });
      await have(1);
      settle(0);
      await acknowledged(first, 'pubrec 7');
      const second = await reconnected();
      second.publish(7, 'x', { qos: 2, dup: true });
      await acknowledged(second, 'pubrec 7');
      assert.deepEqual(texts(), ['x']);
    });

    it('answers a PUBREL that it does not know', async () => {
      const connection = await connected();
      connection.send({ cmd: 'pubrel', messageId: 99 });
      await acknowledged(connection, protocolVersion === 5 ? 'pubcomp 99 146' : 'pubcomp 99');
    });

    it('tells a nack as reason code 0x83 on MQTT 5, and as an acknowledgement on 3.1.1', async () => {
      const connection = await connected();
      connection.publish(1, 'a');
      connection.publish(2, 'b', { qos: 2 });
      await have(2);
      held.forEach((delivery) => delivery.settle('nack'));
      const code = protocolVersion === 5 ? ' 131' : '';
      await acknowledged(connection, `puback 1${code}`, `pubrec 2${code}`);
    });

    it('ignores a second settlement', async () => {
      const connection = await connected();
      connection.publish(1, 'a');
      connection.publish(2, 'b');
      await have(2);
      settle(0, 0, 0);
      await acknowledged(connection, 'puback 1');
    });

    it('does not deliver again after a resume what the flow still has, and acknowledges it there', async () => {
      const first = await connected();
      first.publish(1, 'one');
      first.publish(2, 'two', { qos: 2 });
      await have(2);
      const second = await reconnected();
      second.publish(1, 'one', { dup: true });
      second.publish(2, 'two', { qos: 2, dup: true });
      await roundTrip(second);
      settle(0, 1);
      await acknowledged(second, 'puback 1', 'pubrec 2');
      assert.deepEqual(texts(), ['one', 'two']);
      assert.deepEqual(first.acknowledgements(), []);
    });

    it('acknowledges at once after a resume what was settled while the connection was down', async () => {
      const first = await connected();
      first.publish(1, 'one');
      await have(1);
      first.drop();
      await until('the client noticed', () => broker.state !== 'connected');
      settle(0);
      const second = await server.inboundConnection(1);
      second.publish(1, 'one', { dup: true });
      await acknowledged(second, 'puback 1');
      assert.deepEqual(texts(), ['one']);
    });

    it('never lets a late settlement acknowledge another message that got the same packet id', async () => {
      const first = await connected();
      first.publish(1, 'old');
      await have(1);
      const second = await reconnected();
      second.publish(1, 'new');
      await have(2);
      settle(0);
      await roundTrip(second);
      assert.deepEqual(second.acknowledgements(), []);
      settle(1);
      await acknowledged(second, 'puback 1');
    });

    it('delivers anew after the session was lost, and says that it was', async () => {
      server.script.connack = () => ({ sessionPresent: false });
      const first = await connected();
      first.publish(1, 'one', { qos: 2 });
      await have(1);
      const second = await reconnected();
      await until('it subscribed again', () => second.received.some(({ cmd }) => cmd === 'subscribe'));
      second.publish(1, 'one', { qos: 2, dup: true });
      await have(2);
      settle(0);
      await roundTrip(second);
      assert.deepEqual(second.acknowledgements(), []);
      settle(1);
      await acknowledged(second, 'pubrec 1');
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['SESSION_LOST'],
      );
    });

    it('subscribes once while the session lasts', async () => {
      await connected();
      const second = await reconnected();
      await roundTrip(second);
      assert.equal(second.received.filter(({ cmd }) => cmd === 'subscribe').length, 0);
    });

    it('reads packets that come byte by byte, many at a time, and large', async () => {
      const connection = await connected();
      const packet = (id: number, payload: string) =>
        generate(
          { cmd: 'publish', topic: 'grüße/t', payload, qos: 1, dup: false, retain: false, messageId: id },
          { protocolVersion },
        );
      for (const byte of packet(1, 'bytes')) connection.socket.write(Buffer.of(byte));
      await have(1);
      const large = 'x'.repeat(3_000_000);
      connection.socket.write(Buffer.concat([packet(2, 'a'), packet(3, large), packet(4, 'b')]));
      await have(4);
      assert.deepEqual(texts(), ['bytes', 'a', large, 'b']);
      assert.equal(held[0]?.message.topic, 'grüße/t');
      settle(0, 1, 2, 3);
      await acknowledged(connection, 'puback 1', 'puback 2', 'puback 3', 'puback 4');
    });

    it('ends a connection that is not MQTT and makes a new one', async () => {
      const connection = await connected();
      const errors: string[] = [];
      broker.on('state', (_state, error) => error && errors.push(error.code));
      connection.socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]));
      await roundTrip(await server.inboundConnection(1));
      assert.deepEqual(errors, ['BROKER_PROTOCOL']);
    });

    it('reads no more than its window, stays alive meanwhile, and goes on', async function () {
      this.timeout(10_000);
      const connection = await connected({ receiveWindow: 10, keepalive: 1 }, { qos: 1, window: 100 });
      for (let id = 1; id <= 40; id += 1) connection.publish(id, `${id}`);
      await have(10);
      const pings = () => connection.received.filter(({ cmd }) => cmd === 'pingreq').length;
      await until('it pinged twice while it held the socket', () => pings() >= 2, 8_000);
      assert.equal(held.length, 10);
      for (let index = 0; index < 40; index += 1) {
        await have(index + 1);
        settle(index);
      }
      assert.deepEqual(texts(), [...Array(41).keys()].slice(1).map(String));
      assert.equal(server.inbound.length, 1);
    });

    it('counts what waits for an answer among its window: a crash would bring all of it again', async function () {
      this.timeout(10_000);
      const connection = await connected({ receiveWindow: 10, keepalive: 1 }, { qos: 1, window: 100 });
      for (let id = 1; id <= 20; id += 1) connection.publish(id, `${id}`);
      await have(10);
      const pings = (): number => connection.received.filter(({ cmd }) => cmd === 'pingreq').length;
      const before = pings();
      for (let index = 1; index < 10; index += 1) settle(index);
      connection.publish(21, '21');
      await until('it pinged while it held the socket', () => pings() > before + 1, 8_000);
      assert.equal(held.length, 10, 'the first one holds up the answers');
      assert.equal(held[0]?.holdsUp(), 9);
      settle(0);
      await have(20);
    });

    it('is refused a subscription by its own error, and keeps the others', async () => {
      server.script.suback = (filter) => (filter === 'secret' ? 0x80 : 1);
      const connection = await connected();
      await assert.rejects(
        broker.subscribe('secret', () => undefined),
        (error: GridwireError) => error.code === 'SUBSCRIBE_REFUSED' && error.details.filter === 'secret',
      );
      connection.publish(1, 'x');
      await have(1);
    });

    it('tells of a subscription that is refused after a reconnect, and asks again at the next', async () => {
      server.script.connack = () => ({ sessionPresent: false });
      await connected({ cleanSession: true });
      server.script.suback = () => 0x80;
      await reconnected();
      await until('it was told', () => problems.length === 1);
      assert.equal(problems[0]?.code, 'SUBSCRIBE_REFUSED');
      server.script.suback = () => 1;
      const third = await reconnected(2);
      await until('it asked again', () => third.received.some(({ cmd }) => cmd === 'subscribe'));
      third.publish(1, 'x');
      await have(1);
    });

    it('keeps what came before anybody subscribed, for who then does', async () => {
      server.script.connack = () => ({ sessionPresent: true });
      const connection = await connected();
      await broker.disconnect();
      held = [];
      broker = new MqttBroker({ host: '127.0.0.1', port: server.port, protocolVersion, clientId: 'c' });
      await broker.connect();
      await broker.subscribe('other', () => undefined);
      const second = await server.inboundConnection(1);
      assert.notEqual(second, connection);
      second.publish(1, 'kept', { topic: 'late/x' });
      await until('it was read', () => second.socket.bytesWritten > 0);
      await broker.subscribe('late/+', (delivery) => held.push(delivery));
      await have(1);
      assert.deepEqual(texts(), ['kept']);
    });
  });
}
