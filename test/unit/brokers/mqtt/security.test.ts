import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MqttBroker } from '../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { GridwireError } from '../../../../src/errors.js';
import { startMosquitto, type CrashableMosquitto } from '../../../support/mosquitto.js';
import { requireService } from '../../../support/services.js';
import { until } from '../../../support/wait.js';

describe('MQTT security (Mosquitto)', function () {
  this.timeout(20_000);
  let mosquitto: CrashableMosquitto | undefined;
  let certificates = '';
  let broker: MqttBroker;
  let errors: GridwireError[];

  before(async function () {
    requireService(this, 'mosquitto');
    certificates = makeCertificates(requireService(this, 'openssl'));
    const read = (name: string) => readFileSync(path.join(certificates, name), 'utf8');
    mosquitto = await startMosquitto(this, {
      files: {
        'ca.pem': read('ca.pem'),
        'server.pem': read('server.pem'),
        'server.key': read('server.key'),
        // mosquitto_passwd's form of the user "gridwire" with the password "right".
        users: 'gridwire:right\n',
        access: 'user gridwire\ntopic readwrite open/#\n',
      },
      config: [
        'cafile {dir}/ca.pem',
        'certfile {dir}/server.pem',
        'keyfile {dir}/server.key',
        'allow_anonymous false',
        'password_file {dir}/users',
        'acl_file {dir}/access',
      ],
      prepare: (folder) => execFileSync('mosquitto_passwd', ['-U', path.join(folder, 'users')]),
    });
  });
  after(async () => {
    await mosquitto?.stop();
    rmSync(certificates, { recursive: true, force: true });
  });
  afterEach(() => broker.disconnect());

  async function connect(settings: Partial<MqttSettings>): Promise<MqttBroker> {
    errors = [];
    broker = new MqttBroker({
      host: 'localhost',
      port: mosquitto?.port ?? 0,
      clientId: 'secure',
      username: 'gridwire',
      password: 'right',
      reconnect: { minimum: 20, maximum: 100 },
      ...settings,
    });
    broker.on('state', (_state, error) => error && errors.push(error));
    await broker.connect();
    return broker;
  }
  const trusted = () => ({ ca: readFileSync(path.join(certificates, 'ca.pem')) });
  const message = (topic: string) => ({
    topic,
    body: Buffer.from('x'),
    qos: 1 as const,
    retain: false,
    headers: {},
  });

  it('knows when the certificate of the broker ends, and its own', async () => {
    const read = (name: string) => readFileSync(path.join(certificates, name));
    const own = { cert: read('server.pem'), key: read('server.key') };
    await connect({ tls: { ...trusted(), ...own } });
    const { validTo } = new X509Certificate(read('server.pem'));
    const endsAt = Date.parse(validTo);
    assert.deepEqual(broker.certificates, [
      { whose: 'broker', endsAt },
      { whose: 'own', endsAt },
    ]);
  });

  it('carries messages both ways over TLS, with a password', async () => {
    await connect({ tls: trusted(), protocolVersion: 5 });
    const seen: string[] = [];
    await broker.subscribe('open/#', (delivery) => {
      seen.push(delivery.message.topic);
      delivery.settle('ack');
    });
    await broker.publish(message('open/a'));
    await until('it came', () => seen.length === 1);
  });

  it('says that the certificate is not trusted, and how to trust it', async () => {
    await connect({ tls: true });
    assert.equal(errors[0]?.code, 'BROKER_UNREACHABLE');
    assert.match(errors[0].message, /certificate.*TLS settings/);
  });

  it('says that the certificate is for another name', async () => {
    await connect({ tls: trusted(), host: '127.0.0.1' });
    assert.match(errors[0]?.message ?? '', /another host name/);
  });

  it('says that a port expects TLS, or does not', async () => {
    await connect({ tls: false });
    assert.equal(errors[0]?.fault, 'transient');
    assert.equal(broker.isConnected(), false);
  });

  for (const protocolVersion of [4, 5] as const) {
    it(`says that the password is wrong, on MQTT ${protocolVersion}, without repeating it`, async () => {
      await connect({ tls: trusted(), password: 'secret-and-wrong', protocolVersion });
      assert.equal(errors[0]?.code, 'BROKER_UNAUTHORISED');
      assert.doesNotMatch(JSON.stringify([errors[0].message, errors[0].details]), /secret/);
    });
  }

  it('tells a publish that the access list forbids, on MQTT 5', async () => {
    await connect({ tls: trusted(), protocolVersion: 5 });
    await assert.rejects(broker.publish(message('closed/a')), { code: 'BROKER_REFUSED', fault: 'permanent' });
    await broker.publish(message('open/a'));
  });
});

/** A certificate authority and a server certificate for `localhost`, for a day. */
function makeCertificates(openssl: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-certificates-'));
  const run = (...parameters: string[]) =>
    execFileSync(openssl, parameters, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Gridwire test CA');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  run(
    'req',
    '-x509',
    ...key,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-keyout',
    'server.key',
    '-out',
    'server.pem',
    ...names,
  );
  return folder;
}
