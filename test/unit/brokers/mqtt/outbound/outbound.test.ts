import assert from 'node:assert/strict';
import type { Packet } from 'mqtt-packet';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import { GridwireError, isTransient } from '../../../../../src/errors.js';
import type { WireMessage } from '../../../../../src/event.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

const message = (extra: Partial<WireMessage> = {}): WireMessage => ({
  topic: 'a/b',
  body: Buffer.from('x'),
  qos: 1,
  retain: false,
  headers: {},
  ...extra,
});

describe('MQTT outbound, against a scripted server', () => {
  let server: ScriptedMqttServer;
  let brokers: MqttBroker[];

  beforeEach(() => {
    brokers = [];
  });
  afterEach(async () => {
    await Promise.all(brokers.map((broker) => broker.disconnect()));
    await server.stop();
  });

  async function listen(protocolVersion: 4 | 5, script: ScriptedMqttServer['script'] = {}): Promise<void> {
    server = new ScriptedMqttServer(protocolVersion, script);
    await server.start();
  }

  function broker(settings: Partial<MqttSettings> = {}): MqttBroker {
    const reconnect = { minimum: 5, maximum: 20 };
    const made = new MqttBroker({
      host: '127.0.0.1',
      port: server.port,
      protocolVersion: server.protocolVersion,
      clientId: 'c',
      reconnect,
      ...settings,
    });
    brokers.push(made);
    return made;
  }

  const sent = () =>
    server.outbound.flatMap(({ received }) =>
      received.filter((packet): packet is Packet & { cmd: 'publish' } => packet.cmd === 'publish'),
    );

  async function fault(publishing: Promise<unknown>): Promise<GridwireError> {
    const error: unknown = await publishing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof GridwireError, 'it must reject with a GridwireError');
    return error;
  }

  it('uses connections of its own for each direction, the inbound one only when it is needed', async () => {
    await listen(5);
    const made = broker({ username: 'u', password: 'p', keepalive: 7 });
    await made.connect();
    assert.deepEqual([server.inbound.length, server.outbound.length], [0, 1]);
    await made.subscribe('x', () => undefined);
    const [out, inbound] = [server.outbound[0]?.connect, server.inbound[0]?.connect];
    assert.deepEqual([out?.clientId, out?.clean, out?.keepalive], ['c-out', true, 7]);
    assert.deepEqual([inbound?.clientId, inbound?.clean, inbound?.username], ['c', false, 'u']);
    assert.deepEqual(
      { ...inbound?.properties },
      { receiveMaximum: 200, maximumPacketSize: 8_388_608, sessionExpiryInterval: 604_800 },
    );
  });

  for (const [code, expected, transient] of [
    [0x97, 'BROKER_QUOTA', true],
    [0x87, 'BROKER_REFUSED', false],
    [0x90, 'BROKER_REFUSED', false],
    [0x83, 'BROKER_REFUSED', true],
    [0x80, 'BROKER_REFUSED', false],
  ] as const) {
    for (const qos of [1, 2] as const) {
      it(`reads reason code 0x${code.toString(16)} of QoS ${qos} as ${expected}`, async () => {
        await listen(5, { puback: () => code });
        const made = broker();
        await made.connect();
        const error = await fault(made.publish(message({ qos })));
        assert.deepEqual([error.code, isTransient(error), error.details.topic], [expected, transient, 'a/b']);
        assert.equal(made.isConnected(), true);
      });
    }
  }

  it('reads 0x95, which Mosquitto answers outside the standard, and keeps the connection', async () => {
    await listen(5, { puback: ({ payload }) => (payload.length > 1 ? undefined : 0) });
    const made = broker();
    await made.connect();
    const [large, small] = [made.publish(message({ body: Buffer.from('large') })), made.publish(message())];
    await until('both were sent', () => sent().length === 2);
    server.outbound[0]?.socket.write(Buffer.from([0x40, 3, 0, sent()[0]?.messageId ?? 0, 0x95]));
    assert.equal((await fault(large)).code, 'BODY_TOO_LARGE');
    await small;
    assert.equal(server.outbound.length, 1);
  });

  it('keeps within the receive maximum of the server, in order', async () => {
    await listen(5, { connack: () => ({ properties: { receiveMaximum: 3 } }), puback: () => undefined });
    const made = broker();
    await made.connect();
    const bodies = ['1', '2', '3', '4', '5'];
    const publishing = bodies.map((text) => made.publish(message({ body: Buffer.from(text) })));
    await until('three were sent', () => sent().length === 3);
    for (let index = 0; index < bodies.length; index += 1) {
      await until('the next was sent', () => sent().length > index);
      server.outbound[0]?.send({ cmd: 'puback', messageId: sent()[index]?.messageId ?? 0, reasonCode: 0 });
    }
    await Promise.all(publishing);
    assert.deepEqual(
      sent().map(({ payload }) => payload.toString()),
      bodies,
    );
  });

  it('holds QoS 2 to 20 where the server announces nothing', async () => {
    await listen(4, { puback: () => undefined });
    const made = broker();
    await made.connect();
    const publishing = Array.from({ length: 25 }, () => made.publish(message({ qos: 2 })));
    await until('the window is full', () => sent().length === 20);
    server.outbound[0]?.drop();
    const results = await Promise.allSettled(publishing);
    assert.ok(results.every(({ status }) => status === 'rejected'));
    assert.equal(sent().length, 20);
  });

  it('rejects what is under way when the connection ends, and sends none of it again', async () => {
    await listen(4, { puback: () => undefined });
    const made = broker();
    await made.connect();
    const publishing = made.publish(message());
    await until('it was sent', () => sent().length === 1);
    server.outbound[0]?.drop();
    const error = await fault(publishing);
    assert.deepEqual([error.code, isTransient(error)], ['BROKER_DISCONNECTED', true]);
    server.script.puback = () => 0;
    await until('it is back', () => made.isConnected());
    await made.publish(message({ body: Buffer.from('second') }));
    assert.deepEqual(
      sent().map(({ payload, dup }) => [payload.toString(), dup]),
      [
        ['x', false],
        ['second', false],
      ],
    );
  });

  it('gives up a connection that does not acknowledge in time', async () => {
    await listen(4, { puback: () => undefined });
    const made = broker({ publishTimeout: 50 });
    await made.connect();
    const [late, other] = [made.publish(message()), made.publish(message())];
    assert.equal((await fault(late)).code, 'BROKER_TIMEOUT');
    assert.equal((await fault(other)).code, 'BROKER_DISCONNECTED');
    await until('it connected again', () => server.outbound.length === 2);
  });

  it('rejects what is under way when it is ended on a connection that is just breaking', async () => {
    await listen(4, { puback: () => undefined });
    const made = broker({ publishTimeout: 30 });
    await made.connect();
    const [late, other] = [made.publish(message()), made.publish(message())];
    // The time limit has destroyed the socket, and its "close" event is still to come.
    const ended = late.catch(() => made.disconnect());
    assert.equal((await fault(other)).code, 'BROKER_DISCONNECTED');
    await ended;
  });

  it('keeps to the limits that the server states', async () => {
    await listen(5, {
      connack: () => ({ properties: { maximumPacketSize: 200, maximumQoS: 1, retainAvailable: false } }),
    });
    const made = broker();
    await made.connect();
    assert.equal((await fault(made.publish(message({ body: Buffer.alloc(200) })))).code, 'BODY_TOO_LARGE');
    assert.equal((await fault(made.publish(message({ qos: 2 })))).code, 'NOT_SUPPORTED');
    assert.equal((await fault(made.publish(message({ retain: true })))).code, 'NOT_SUPPORTED');
    await made.publish(message());
    assert.equal(sent().length, 1);
  });

  it('carries headers, content type and expiry as MQTT 5 properties, and says which are written otherwise', async () => {
    await listen(5);
    const made = broker();
    await made.connect();
    await made.publish(
      message({
        headers: { trace: 'at 100 %\n  at y', bytes: Uint8Array.of(1, 2), plain: '100 %' },
        contentType: 'application/json',
        expiresAt: Date.now() + 5_900,
      }),
    );
    const { 'gridwire-encoding': marks, ...others } = { ...sent()[0]?.properties?.userProperties };
    assert.deepEqual(others, { trace: 'at 100 %25%0A  at y', bytes: 'AQI=', plain: '100 %' });
    assert.deepEqual(JSON.parse(String(marks)), {
      headers: [
        { name: 'trace', at: 0, value: 'percent' },
        { name: 'bytes', at: 0, value: 'base64' },
      ],
    });
    const { contentType, messageExpiryInterval } = sent()[0]?.properties ?? {};
    assert.deepEqual([contentType, messageExpiryInterval], ['application/json', 5]);
  });

  it('announces itself by birth, will and a farewell on an orderly end', async () => {
    await listen(4);
    const status = (body: string) => ({ topic: 'status', body, qos: 1 as const, retain: true });
    const made = broker({ birth: status('online'), will: status('offline') });
    await made.connect();
    await until('the birth was sent', () => sent().length === 1);
    const will = server.outbound[0]?.connect?.will;
    assert.deepEqual(
      [will?.topic, will?.payload.toString(), will?.qos, will?.retain],
      ['status', 'offline', 1, true],
    );
    await made.disconnect();
    assert.deepEqual(
      sent().map(({ payload }) => payload.toString()),
      ['online', 'offline'],
    );
    await until('it said goodbye', () => server.outbound[0]?.received.at(-1)?.cmd === 'disconnect');
  });

  for (const [where, publishWindow] of [
    ['under way', 100],
    ['in the line', 1],
  ] as const)
    it(`leaves a broker that never answers, with its farewell ${where}`, async () => {
      await listen(4, { puback: () => undefined });
      const close = { topic: 'status', body: 'offline', qos: 1 as const };
      const made = broker({ close, publishWindow });
      await made.connect();
      const publishing = fault(made.publish(message()));
      await until('it has come', () => sent().length === 1);
      await made.disconnect();
      assert.equal((await publishing).code, 'BROKER_DISCONNECTED');
      await until('it said goodbye', () => server.outbound[0]?.received.at(-1)?.cmd === 'disconnect');
    });

  it('does not pile up listeners or memory on a socket that is full', async () => {
    await listen(4);
    const made = broker({ publishWindow: 1_000 });
    await made.connect();
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const body = Buffer.alloc(10_000);
    const publishing = Array.from({ length: 3_000 }, () => made.publish(message({ qos: 0, body })));
    await Promise.all(publishing);
    await until('all have come', () => sent().length === 3_000);
    process.off('warning', warned);
    assert.deepEqual(warnings, []);
  });

  /** What the server was sent, but for the connection's own packets. */
  const order = () =>
    server.outbound.flatMap(({ received }) =>
      received.flatMap((packet) =>
        packet.cmd === 'publish' ? [packet.payload.toString()] : packet.cmd === 'pingreq' ? ['ping'] : [],
      ),
    );
  const command = (left: number) => message({ body: Buffer.from('command'), expiresAt: Date.now() + left });
  const LONG = 30_000;

  for (const version of [4, 5] as const) {
    it(`writes what expires soon alone, when all before it is known to be through: MQTT ${version}`, async () => {
      await listen(version, { pingresp: () => false, puback: () => undefined });
      const made = broker();
      await made.connect();
      const [connection] = server.outbound;
      const acknowledge = (index: number) =>
        connection?.send({ cmd: 'puback', messageId: sent()[index]?.messageId ?? 0 });
      // Of QoS 0 there is no acknowledgement.
      await made.publish(message({ qos: 0, body: Buffer.from('many') }));
      const commands = made.outlet(() => offer());
      const waiting = [command(LONG), command(LONG)];
      const done: Promise<unknown>[] = [];
      const offer = (): void => {
        for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
          const answer = commands.offer(next);
          if (typeof answer === 'string') return;
          done.push(answer);
          waiting.shift();
        }
      };
      offer();
      const behind = [made.publish(message()), made.publish(message())];
      await until('the way was asked for', () => order().includes('ping'));
      assert.deepEqual(order(), ['many', 'ping']);
      connection?.send({ cmd: 'pingresp' });
      await until('the first was sent', () => sent().length === 2);
      assert.deepEqual(order(), ['many', 'ping', 'command']);
      acknowledge(1);
      await until('the others got their turn', () => sent().length === 4);
      assert.deepEqual(order().slice(3), ['x', 'x']);
      acknowledge(2);
      acknowledge(3);
      await Promise.all(behind);
      await until('the second was sent', () => sent().length === 5);
      acknowledge(4);
      await Promise.all(done);
      assert.deepEqual(order(), ['many', 'ping', 'command', 'x', 'x', 'command']);
    });
  }

  it('never writes what expires while the way is not free, and lets the others go on', async () => {
    await listen(4, { pingresp: () => false });
    const made = broker();
    await made.connect();
    const sending = made.publish(command(50));
    const other = made.publish(message());
    assert.equal((await fault(sending)).code, 'EVENT_EXPIRED');
    await other;
    assert.deepEqual(order(), ['ping', 'x']);
  });

  it('takes back what has not left the machine when its time is over, with the connection', async () => {
    await listen(4, { puback: () => undefined });
    const made = broker();
    await made.connect();
    let reset = false;
    server.outbound[0]?.socket.on(
      'error',
      ({ code }: NodeJS.ErrnoException) => (reset = code === 'ECONNRESET'),
    );
    const error = await fault(made.publish(command(50)));
    assert.deepEqual([error.code, isTransient(error)], ['BROKER_DISCONNECTED', true]);
    await until('it connected again', () => server.outbound.length === 2);
    await until('the old connection was reset', () => reset);
  });

  it('lets what expires long after any connection is given up go with all others', async () => {
    await listen(4, { puback: () => undefined, pingresp: () => false });
    const made = broker({ publishTimeout: 10_000 });
    await made.connect();
    const publishing = Array.from({ length: 5 }, () => made.publish(command(LONG)));
    await until('all were sent', () => sent().length === 5);
    server.outbound[0]?.drop();
    await Promise.allSettled(publishing);
  });
});
