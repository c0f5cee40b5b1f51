import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { freePort } from '../../../../../scripts/services/service.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

describe('MQTT connection', () => {
  let server: ScriptedMqttServer | undefined;
  let broker: MqttBroker;
  let errors: GridwireError[];

  beforeEach(() => {
    server = undefined;
    errors = [];
  });
  afterEach(async () => {
    await broker.disconnect();
    await server?.stop();
  });

  function make(settings: Partial<MqttSettings> & { port: number }): MqttBroker {
    broker = new MqttBroker({
      host: '127.0.0.1',
      clientId: 'c',
      reconnect: { minimum: 5, maximum: 20 },
      connectTimeout: 200,
      ...settings,
    });
    broker.on('state', (_state, error) => error && errors.push(error));
    return broker;
  }

  async function scripted(
    protocolVersion: 4 | 5,
    script: ScriptedMqttServer['script'],
  ): Promise<ScriptedMqttServer> {
    server = new ScriptedMqttServer(protocolVersion, script);
    await server.start();
    return server;
  }

  it('says where nothing listens and what to do, and connects once something does', async () => {
    const port = await freePort();
    await make({ port }).connect();
    assert.equal(broker.state, 'disconnected');
    assert.equal(errors[0]?.code, 'BROKER_UNREACHABLE');
    assert.match(errors[0].message, new RegExp(`127\\.0\\.0\\.1:${port}.*nothing listens.*check`));
    const mqtt = new ScriptedMqttServer(4);
    const late = net.createServer((socket) => {
      socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
      socket.on('error', () => socket.destroy());
    });
    late.listen(port, '127.0.0.1');
    await once(late, 'listening');
    await until('it connected', () => broker.isConnected());
    await broker.disconnect();
    late.close();
    assert.equal(mqtt.connections.length, 0);
  });

  it('says that a host name is unknown', async () => {
    await make({ port: 1, host: 'no-such-host.invalid' }).connect();
    assert.equal(errors[0]?.code, 'BROKER_UNREACHABLE');
    assert.match(errors[0].message, /no-such-host\.invalid:1/);
  });

  it('does not wait for ever for a port that is silent', async () => {
    const silent = await scripted(4, { connack: () => undefined });
    await make({ port: silent.port, connectTimeout: 50 }).connect();
    assert.match(errors[0]?.message ?? '', /did not answer in time/);
    await until('it tries again', () => silent.connections.length > 1);
  });

  for (const [protocolVersion, code, expected, hint] of [
    [4, 1, 'BROKER_PROTOCOL', /3\.1\.1/],
    [4, 4, 'BROKER_UNAUTHORISED', /user name or password/],
    [4, 5, 'BROKER_UNAUTHORISED', /not allow/],
    [5, 0x84, 'BROKER_PROTOCOL', /choose MQTT 3\.1\.1/],
    [5, 0x86, 'BROKER_UNAUTHORISED', /user name or password/],
    [5, 0x89, 'BROKER_UNREACHABLE', /busy/],
    [5, 0x97, 'BROKER_QUOTA', /quota/],
  ] as const) {
    it(`explains the answer ${code} of MQTT ${protocolVersion}`, async () => {
      const { port } = await scripted(protocolVersion, {
        connack: () => ({ returnCode: code, reasonCode: code }),
      });
      await make({ port, protocolVersion }).connect();
      assert.equal(errors[0]?.code, expected);
      assert.match(errors[0].message, hint);
    });
  }

  it('goes on trying after bad credentials, at the longest delay', async () => {
    let code = 5;
    const { port, connections } = await scripted(4, { connack: () => ({ returnCode: code }) });
    await make({ port, reconnect: { minimum: 1, maximum: 100 } }).connect();
    const started = Date.now();
    code = 0;
    await until('it connected', () => broker.isConnected());
    assert.equal(connections.length, 2);
    assert.ok(Date.now() - started >= 90);
  });

  it('advises 3.1.1 when a server hangs up on MQTT 5 without a word', async () => {
    const rude = net.createServer((socket) => socket.once('data', () => socket.end()));
    rude.listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const { port } = rude.address() as net.AddressInfo;
    await make({ port, protocolVersion: 5 }).connect();
    await broker.disconnect();
    rude.close();
    assert.match(errors[0]?.message ?? '', /choose MQTT 3\.1\.1/);
  });

  it('passes on why the server disconnects', async () => {
    const { port } = await scripted(5, {});
    await make({ port, protocolVersion: 5 }).connect();
    server?.outbound[0]?.send({ cmd: 'disconnect', reasonCode: 0x8e });
    server?.outbound[0]?.socket.end();
    await until('it was told', () => errors.length === 1);
    assert.equal(errors[0]?.code, 'BROKER_DISCONNECTED');
    assert.match(errors[0].message, /same client id/);
  });

  it('suspects a second client with its id when every connection ends soon', async () => {
    const { port } = await scripted(4, {});
    await make({ port }).connect();
    for (let round = 0; round < 3; round += 1) {
      await until('it is up', () => broker.isConnected());
      server?.outbound.at(-1)?.drop();
      await until('it is told', () => errors.length > round);
    }
    assert.match(errors[2]?.message ?? '', /another client uses the id "c-out"/);
    assert.doesNotMatch(errors[1]?.message ?? '', /another client/);
  });

  it('keeps a subscription that was made before the connection', async () => {
    const { port } = await scripted(4, {});
    make({ port });
    const seen: string[] = [];
    await broker.subscribe('early', (delivery) => seen.push(delivery.message.topic));
    await broker.connect();
    const inbound = await (server as ScriptedMqttServer).inboundConnection(0);
    await until('it was asked for', () => inbound.received.some(({ cmd }) => cmd === 'subscribe'));
    inbound.publish(1, 'x', { topic: 'early' });
    await until('it came', () => seen.length === 1);
  });

  it('comes back when it is disconnected and connected again without a pause', async () => {
    const { port } = await scripted(4, {});
    await make({ port }).connect();
    await broker.subscribe('x', () => undefined);
    const leaving = broker.disconnect();
    const coming = broker.connect();
    await Promise.all([leaving, coming]);
    await until('it is up', () => broker.isConnected());
    assert.equal(broker.state, 'connected');
  });

  it('ends without timers, sockets or a second attempt, from every state', async () => {
    const refusing = await freePort();
    const silent = await scripted(4, { connack: (_connect, serial) => (serial < 3 ? {} : undefined) });
    const ends: (() => Promise<void>)[] = [
      () => make({ port: refusing, reconnect: { minimum: 10_000, maximum: 20_000 } }).connect(),
      async () => {
        await make({ port: silent.port }).connect();
        await broker.subscribe('x', () => undefined);
      },
      async () => {
        void make({ port: silent.port, connectTimeout: 60_000 }).connect();
        await until('it waits for an answer', () => silent.connections.length === 3);
      },
    ];
    for (const reach of ends) {
      const before = activeResources();
      await reach();
      await broker.disconnect();
      await until('nothing is left', () => activeResources() <= before + silent.connections.length);
      for (const connection of silent.connections) connection.socket.destroy();
    }
  });
});

/** Timers and sockets that keep the process alive. */
function activeResources(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'TCPSocketWrap')
    .length;
}
