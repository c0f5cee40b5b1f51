import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { TestCa } from '../../../../../scripts/services/test-ca.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { type CrashableMosquitto, startMosquitto } from '../../../../support/mosquitto.js';
import { until } from '../../../../support/wait.js';

const WINDOW = 20;
const MESSAGES = 500;

/** What many brokers have beside their port: a WebSocket that leads to it. */
function bridge(server: http.Server, port: number): WebSocketServer {
  const sockets = new WebSocketServer({
    server,
    path: '/mqtt',
    handleProtocols: (names) => names.has('mqtt') && 'mqtt',
  });
  sockets.on('connection', (socket) => {
    const stream = createWebSocketStream(socket);
    const broker = net.connect(port, '127.0.0.1');
    for (const side of [stream, broker]) side.on('error', () => side.destroy());
    stream.pipe(broker).pipe(stream);
  });
  return sockets;
}

describe('MQTT over WebSockets (Mosquitto behind one)', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-ws-'));
  let mosquitto: CrashableMosquitto | undefined;
  let plain = 0;
  let secure = 0;
  let ca = '';
  const brokers: MqttBroker[] = [];
  const servers: http.Server[] = [];

  async function listening(server: http.Server): Promise<number> {
    servers.push(server);
    bridge(server, mosquitto?.port ?? 0);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as net.AddressInfo).port;
  }

  before(async function () {
    mosquitto = await startMosquitto(this);
    const authority = new TestCa(folder);
    const { key, certificate } = authority.issue();
    ca = authority.certificate;
    plain = await listening(http.createServer());
    secure = await listening(https.createServer({ key, cert: certificate }));
  });
  afterEach(async () => {
    await Promise.all(brokers.splice(0).map((broker) => broker.disconnect()));
  });
  after(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    await mosquitto?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const errors: GridwireError[] = [];
  async function connect(settings: MqttSettings): Promise<MqttBroker> {
    errors.length = 0;
    const broker = new MqttBroker({ reconnect: { minimum: 20, maximum: 100 }, ...settings });
    brokers.push(broker);
    broker.on('state', (_state, error) => error && errors.push(error));
    await broker.connect();
    return broker;
  }

  for (const protocolVersion of [4, 5] as const) {
    for (const scheme of ['ws', 'wss'] as const) {
      it(`carries events both ways, as ${scheme}, MQTT ${protocolVersion}, and holds back what the flow has no room for`, async () => {
        const url = `${scheme}://127.0.0.1:${scheme === 'ws' ? plain : secure}/mqtt`;
        const broker = await connect({ url, protocolVersion, ...(scheme === 'wss' ? { tls: { ca } } : {}) });
        const topic = `ws/${scheme}/${protocolVersion}`;
        const seen: string[] = [];
        const open: (() => void)[] = [];
        await broker.subscribe(
          topic,
          (delivery) => {
            seen.push(Buffer.from(delivery.message.body).toString());
            open.push(() => delivery.settle('ack'));
          },
          { window: WINDOW },
        );
        const sent = Array.from({ length: MESSAGES }, (_, index) => `${index}`);
        const publishing = Promise.all(
          sent.map((text) =>
            broker.publish({ topic, body: Buffer.from(text), qos: 1, retain: false, headers: {} }),
          ),
        );
        await until('the window is full', () => seen.length === WINDOW);
        await publishing;
        assert.equal(seen.length, WINDOW);
        await until('all have come', () => {
          open.splice(0).forEach((settle) => settle());
          return seen.length === MESSAGES;
        });
        assert.deepEqual(seen, sent);
      });
    }
  }

  it('says why it does not work: no trust, a wrong path, and no WebSocket there', async () => {
    await connect({ url: `wss://127.0.0.1:${secure}/mqtt` });
    assert.match(errors[0]?.message ?? '', /signed by an unknown CA|self-signed/);
    await connect({ url: `ws://127.0.0.1:${plain}/other` });
    assert.match(errors[0]?.message ?? '', /HTTP 400: check the path/);
    await connect({ url: `ws://127.0.0.1:${mosquitto?.port ?? 0}/mqtt` });
    await until('it is told', () => errors.length > 0);
    assert.match(errors[0]?.message ?? '', /cannot be reached|closed the connection/);
  });
});
