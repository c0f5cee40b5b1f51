import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import { freePort } from '../../scripts/services/service.js';
import { until } from '../support/wait.js';

const root = path.resolve(__dirname, '../..');

/** `npm start` as a newcomer runs it, with its output. */
class Start {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;

  constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
    this.ended = once(this.child, 'close');
  }

  /** @throws AssertionError with its output if it ends, or the time is over, before it has said that */
  async says(text: RegExp): Promise<void> {
    const gone = () => this.child.exitCode !== null;
    await until(`"npm start" says ${String(text)}`, () => text.test(this.output) || gone(), 100_000).catch(
      (error: unknown) => assert.fail(`${String(error)}\n${this.output}`),
    );
    assert.match(this.output, text);
  }
}

/** Something that is neither Node-RED nor a broker, on a port that somebody wants. */
async function occupant(): Promise<{ port: number; stop: () => void }> {
  const server = net.createServer((socket) => {
    // Whoever looks whether somebody answers hangs up at once.
    socket.on('error', () => undefined);
    socket.end('no');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as net.AddressInfo).port, stop: () => server.close() };
}

/** The own port of a connection that stays open: nobody answers there, and nobody can listen there. */
async function outgoing(): Promise<{ port: number; stop: () => void }> {
  const server = net.createServer((socket) => socket.on('error', () => undefined).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return {
    port: socket.localPort!,
    stop: () => {
      socket.destroy();
      server.close();
    },
  };
}

describe('npm start', function () {
  this.timeout(180_000);
  let userDir: string;
  let other: Awaited<ReturnType<typeof occupant>> | undefined;
  let start: Start | undefined;
  let client: mqtt.MqttClient | undefined;

  beforeEach(() => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-start-'));
  });

  afterEach(async () => {
    await client?.endAsync(true);
    client = undefined;
    if (start?.child.exitCode === null) start.child.kill('SIGTERM');
    await start?.ended;
    other?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('finds another port for the editor, and the measurement it suggests arrives as an event', async () => {
    const port = await freePort();
    other = await outgoing();
    start = new Start({
      GRIDWIRE_PORT: String(other.port),
      GRIDWIRE_MQTT_PORT: String(port),
      GRIDWIRE_USER_DIR: userDir,
    });
    await start.says(/Gridwire is running/);
    assert.match(start.output, new RegExp(`Port ${other.port} is taken, so the editor is on port \\d+`));
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(start.output)?.[0] ?? assert.fail(start.output);
    assert.equal((await fetch(url)).status, 200);

    client = await mqtt.connectAsync({ host: '127.0.0.1', port });
    const seen = new Set<string>();
    client.on('message', (topic, body) => {
      if (body.toString().includes('45.2') || body.toString().includes('nonsense')) seen.add(topic);
    });
    await client.subscribeAsync(['device-telemetry', 'device-telemetry-dlt'], { qos: 1 });
    await client.publishAsync('sites/1/devices/INV-001/telemetry', '{"powerKw":45.2}', { qos: 1 });
    await until('the event arrives', () => seen.has('device-telemetry'), 20_000);
    await client.publishAsync('sites/1/devices/INV-001/telemetry', 'nonsense', { qos: 1 });
    await until('the dead letter arrives', () => seen.has('device-telemetry-dlt'), 20_000);

    start.child.kill('SIGTERM');
    assert.deepEqual(await start.ended, [0, null]);
  });

  it('says what to do when something else holds the port of the broker', async () => {
    other = await occupant();
    start = new Start({
      GRIDWIRE_PORT: String(await freePort()),
      GRIDWIRE_MQTT_PORT: String(other.port),
      GRIDWIRE_USER_DIR: userDir,
    });
    assert.deepEqual(await start.ended, [1, null]);
    assert.match(start.output, new RegExp(`Port ${other.port} is taken.*GRIDWIRE_MQTT_PORT=`));
  });
});
