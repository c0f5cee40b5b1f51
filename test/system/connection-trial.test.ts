import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/services/service.js';
import { mqttBroker } from '../support/flows.js';
import { needsPostgres, TestDatabase } from '../support/postgres.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { Faults } from './what-each-says/faults.js';

interface Step {
  subject: string;
  judgement: string;
  values: Record<string, string | number>;
}

interface Answer {
  steps: Step[];
  findings?: { subject: string; judgement: string }[];
  message?: string;
}

describe('trying a connection before any deploy', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-trial-'));
  const services = new Faults(folder);
  let nodeRed: NodeRedProcess | undefined;
  /** A server that notes what is said to it. */
  const heard: Buffer[] = [];
  const ears = net.createServer((socket) =>
    socket.on('data', (data) => heard.push(data)).on('error', () => undefined),
  );

  before(async function () {
    await services.start(this);
    await new Promise<void>((resolve) => ears.listen(0, '127.0.0.1', resolve));
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab' },
        ...services.common(),
        mqttBroker('deployed', services.guarded?.port ?? 0, { protocolVersion: '5' }),
      ],
      credentials: { deployed: { username: 'gridwire', password: 'right' } },
      env: { GRIDWIRE_TEST_SECRET: 'wonderland' },
    });
  });
  after(async () => {
    await nodeRed?.stop();
    ears.close();
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function post(route: string, body: object): Promise<Answer> {
    const answer = await fetch(new URL(route, nodeRed?.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Answer;
  }
  const tryMqtt = (settings: object, credentials: object = {}, more: object = {}): Promise<Answer> => {
    const all = {
      transport: 'mqtt',
      host: '127.0.0.1',
      protocolVersion: '5',
      cleanSession: true,
      clientId: '',
    };
    return post('gridwire/broker-trial', {
      id: 'new',
      settings: { ...all, ...settings },
      credentials,
      ...more,
    });
  };
  const told = ({ steps }: Answer): string[] =>
    steps.map(({ subject, judgement }) => `${subject} ${judgement}`);
  const last = ({ steps }: Answer): Step | undefined => steps.at(-1);

  it('says each step of one that works, what the broker promises, and the rights on a topic', async () => {
    const port = String(services.guarded?.port);
    const login = { username: 'gridwire', password: 'right' };
    const answer = await tryMqtt({ port }, login, { topic: 'open/x', publish: true });
    assert.deepEqual(told(answer), [
      'name good',
      'port good',
      'login good',
      'subscribe good',
      'publish good',
    ]);
    assert.ok(answer.findings?.some(({ subject }) => subject === 'window'));
    const closed = await tryMqtt({ port }, login, { topic: 'closed/x', publish: true });
    assert.equal(told(closed).at(-1), 'publish bad');
    assert.match(String(last(closed)?.values['reason']), /does not allow this client to publish here/);
  });

  it('says that MQTT 3.1.1 keeps it to itself', async () => {
    const settings = { port: String(services.guarded?.port), protocolVersion: '4' };
    const answer = await tryMqtt(
      settings,
      { username: 'gridwire', password: 'right' },
      { topic: 'closed/x', publish: true },
    );
    assert.equal(told(answer).at(-1), 'publish unknown');
  });

  it('says where it ends and what to do: name, port, login', async () => {
    const wrong = await tryMqtt(
      { port: String(services.guarded?.port) },
      { username: 'gridwire', password: 'no' },
    );
    assert.deepEqual(told(wrong), ['name good', 'port good', 'login bad']);
    assert.match(String(last(wrong)?.values['reason']), /check user name, password and client id/);
    const port = await tryMqtt({ port: String(await freePort()) });
    assert.deepEqual(told(port), ['name good', 'port bad']);
    assert.match(String(last(port)?.values['reason']), /nothing listens there/);
    const name = await tryMqtt({ host: 'no-such-host.invalid', port: '1883' });
    assert.deepEqual(told(name), ['name bad']);
  });

  it('tells what is wrong with TLS apart: none there, the chain, the host, the age', async () => {
    const port = String(services.secure?.port);
    const good = await tryMqtt({ port, useTls: true, tls: 'good-ca' });
    assert.deepEqual(told(good).slice(2), [
      'tls good',
      'chain good',
      'host good',
      'expiry risk',
      'login good',
    ]);
    const other = await tryMqtt({ port, useTls: true, tls: 'other-ca' });
    assert.deepEqual(told(other).slice(2), ['tls good', 'chain bad', 'host good', 'expiry risk']);
    const name = await tryMqtt({ host: 'localhost', port, useTls: true, tls: 'good-ca' });
    assert.ok(told(name).includes('host bad'), told(name).join());
    const stale = await tryMqtt({ port: String(services.stalePort), useTls: true, tls: 'good-ca' });
    assert.ok(told(stale).includes('expiry bad'), told(stale).join());
    const none = await tryMqtt({ port: String(services.guarded?.port), useTls: true, tls: 'good-ca' });
    assert.deepEqual(told(none).slice(2), ['tls bad']);
  });

  it('sends a stored password, and what a variable holds, nowhere but where they are deployed to go', async () => {
    const untouched = { username: 'gridwire', password: '__PWRD__' };
    const deployed = { ...mqttBroker('deployed', services.guarded?.port ?? 0, { protocolVersion: '5' }) };
    const same = await post('gridwire/broker-trial', {
      id: 'deployed',
      settings: deployed,
      credentials: untouched,
    });
    assert.equal(told(same).at(-1), 'login good');
    const elsewhere = { ...deployed, port: String((ears.address() as AddressInfo).port) };
    const refused = await post('gridwire/broker-trial', {
      id: 'deployed',
      settings: elsewhere,
      credentials: untouched,
    });
    assert.match(refused.message ?? '', /Type the password again/);
    const variable = await tryMqtt({ host: '${GRIDWIRE_TEST_SECRET}', port: '1883' });
    assert.match(variable.message ?? '', /deploy it first, or type the value in/);
    const password = await tryMqtt(elsewhere, { username: 'x', password: '${GRIDWIRE_TEST_SECRET}' });
    assert.match(password.message ?? '', /deploy it first, or type the value in/);
    assert.doesNotMatch(
      JSON.stringify([refused, variable, password]) + Buffer.concat(heard).toString('latin1'),
      /wonderland|right/,
    );
  });

  it('says what keeps a store from working, and writes nothing', async () => {
    const store = (settings: object): Promise<Answer> =>
      post('gridwire/store-trial', { id: 'new', settings: { kind: 'sqlite', ...settings }, credentials: {} });
    const fresh = path.join(folder, 'deep', 'down', 'new.db');
    assert.deepEqual(told(await store({ file: fresh })), ['folder good', 'space good', 'file good']);
    assert.deepEqual(told(await store({ file: path.join(folder, 'locked.db') })).at(-1), 'lock bad');
    writeFileSync(path.join(folder, 'plain'), '');
    assert.equal(told(await store({ file: path.join(folder, 'plain', 'x.db') })).at(-1), 'folder bad');
    const away = { kind: 'postgres', host: '127.0.0.1', port: String(await freePort()), database: 'none' };
    assert.deepEqual(told(await store(away)), ['name good', 'port bad']);
  });

  it('logs in to a database, and says whether it may make tables there', async function () {
    needsPostgres(this);
    const database = await TestDatabase.create();
    try {
      const { host, port, user, password = '' } = database.settings;
      const settings = { kind: 'postgres', host, port: String(port), database: database.name };
      const attempt = (name: string): Promise<Answer> =>
        post('gridwire/store-trial', {
          id: 'new',
          settings: { ...settings, database: name },
          credentials: { user, password },
        });
      assert.deepEqual(told(await attempt(database.name)).slice(2), [
        'login good',
        'database good',
        'create good',
      ]);
      const none = await attempt('gridwire_no_such_database');
      assert.equal(told(none).at(-1), 'login bad');
    } finally {
      await database.drop();
    }
  });
});
