import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { openStore, type StoreSettings } from '../../../src/store/connection/open-store.js';
import type { PostgresSettings } from '../../../src/store/postgres/settings.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { temporaryFolder } from '../../unit/store/helpers.js';
import { needsPostgres, Proxy, TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/wait.js';

/** Events that may wait in the mirror node; more are refused. */
const WAITING = 100;
const SENT = 250;
const SECRET = 'correct-horse-battery';

/** A flow whose HTTP answer says what became of an event: 200 after its commit, 503 when it was refused. */
function flow(store: FlowNode): FlowNode[] {
  const on = (id: string, type: string, more: object, ...wires: string[]): FlowNode => ({
    ...{ id, type, z: 'tab', x: 0, y: 0, wires: [wires] },
    ...more,
  });
  return [
    { id: 'tab', type: 'tab', label: 'Faults' },
    store,
    on('post', 'http in', { url: '/event', method: 'post' }, 'name'),
    on('name', 'function', { func: 'msg.topic = msg.payload.topic; return msg;', outputs: 1 }, 'mirror'),
    on(
      'mirror',
      'gridwire-mirror',
      { store: store.id, linger: '0', batchSize: '20', waiting: String(WAITING) },
      'kept',
    ),
    on('kept', 'http response', { statusCode: '200' }),
    on('catch', 'catch', { scope: ['mirror'] }, 'refused'),
    on('refused', 'http response', { statusCode: '503' }),
    on('status', 'status', { scope: ['mirror'] }, 'remember'),
    on('remember', 'function', { func: 'flow.set("status", msg.status.text); return null;', outputs: 1 }),
    on('get', 'http in', { url: '/status', method: 'get' }, 'recall'),
    on(
      'recall',
      'function',
      { func: 'msg.payload = flow.get("status") || ""; return msg;', outputs: 1 },
      'kept',
    ),
  ];
}

/** A store under a fault, as its node's settings and as the test sees it. */
interface Patient {
  node: FlowNode;
  credentials?: { user: string; password: string };
  settings: StoreSettings;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
  close(): Promise<void> | void;
}

describe('store: faults under a running flow', function () {
  this.timeout(180_000);

  it('disk full: holds, refuses what is too much, says so, and goes on when there is space', async function () {
    const { folder, remove } = temporaryFolder();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]).status !== 0) {
      remove();
      console.log('      skipped: a small disk can only be made by root (mount -t tmpfs)');
      this.skip();
    }
    const file = path.join(folder, 'store.db');
    const filler = path.join(folder, 'filler');
    await survives(/^store away: disk full, \d+ waiting$/, {
      node: { id: 'store', type: 'gridwire-store', kind: 'sqlite', file },
      settings: { kind: 'sqlite', file },
      begin: () => fill(filler),
      end: () => rmSync(filler),
      close: () => {
        spawnSync('umount', [folder]);
        remove();
      },
    });
  });

  const AWAY = /^store away: (refused|hung up|no answer|busy), \d+ waiting$/;

  it('database stopped and started: the same', async function () {
    needsPostgres(this);
    const { patient, proxy } = await postgres();
    await survives(AWAY, { ...patient, begin: () => proxy.cut(), end: () => proxy.mend() });
  });

  it('every answer 2 s late: the same', async function () {
    needsPostgres(this);
    const { patient, proxy } = await postgres();
    await survives(/^store slow, \d+ waiting$/, {
      ...patient,
      begin: () => void (proxy.delay = 2_000),
      end: () => void (proxy.delay = 0),
    });
  });

  it('all connections taken: the same', async function () {
    needsPostgres(this);
    const { patient, database } = await postgres();
    const hoard: Client[] = [];
    await survives(AWAY, {
      ...patient,
      begin: async () => {
        await database.endSessions();
        await takeAll(database.settings, hoard);
      },
      end: async () => {
        await Promise.all(hoard.map((client) => client.end()));
      },
    });
  });
});

async function postgres(): Promise<{
  patient: Omit<Patient, 'begin' | 'end'>;
  proxy: Proxy;
  database: TestDatabase;
}> {
  const database = await TestDatabase.create();
  const { proxy, settings } = await Proxy.to(database.settings);
  const { host, port, user } = settings;
  // A server that trusts everybody takes any password, and the flow has one that can be looked for.
  const password = settings.password === undefined || settings.password === '' ? SECRET : settings.password;
  return {
    database,
    proxy,
    patient: {
      node: {
        ...{ id: 'store', type: 'gridwire-store', kind: 'postgres', host, port: String(port), timeout: '10' },
        database: database.name,
      },
      credentials: { user, password },
      settings: database.settings,
      close: async () => {
        await proxy.close();
        await database.drop();
      },
    },
  };
}

/** The whole course: events before, during and after; what was answered 200 is kept once, what was refused is not. */
async function survives(status: RegExp, patient: Patient): Promise<void> {
  const userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-faults-'));
  writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify({ store: patient.credentials ?? {} }));
  const nodeRed = await NodeRedProcess.start({ userDir, flows: flow(patient.node) });
  const shown = async (): Promise<string> => (await fetch(`${nodeRed.url}status`)).text();
  const answers = new Map<string, number>();
  const post = async (topic: string): Promise<void> => {
    const body = JSON.stringify({ topic, filler: 'x'.repeat(30_000) });
    const headers = { 'content-type': 'application/json' };
    const { status: answer } = await fetch(`${nodeRed.url}event`, { method: 'POST', body, headers });
    answers.set(topic, answer);
  };
  const send = (name: string, count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, (_, index) => post(`${name}/${index}`)));
  try {
    await send('before', 10);
    await patient.begin();
    const during = send('during', SENT);
    await until(`the status is ${String(status)}`, async () => status.test(await shown()), 60_000);
    await patient.end();
    await during;
    await send('after', 10);
    const given = (answer: number) =>
      [...answers].filter(([, found]) => found === answer).map(([topic]) => topic);
    const refused = given(503);
    assert.equal(given(200).length + refused.length, SENT + 20, 'every event has one answer of the two');
    assert.ok(refused.length > 0, 'what is more than may wait is refused: memory is bounded');
    assert.ok(refused.length <= SENT - WAITING, `${refused.length} refused`);
    assert.ok(refused.every((topic) => topic.startsWith('during/')));
    await until('it keeps events again', async () => /^\d+ kept$/.test(await shown()), 60_000);
    assert.ok(nodeRed.isRunning);
    const told = nodeRed.lines.filter((line) => line.includes('[gridwire-store:store]'));
    assert.ok(told.length <= 6, `the log repeats itself:\n${told.join('\n')}`);
    const { password } = patient.credentials ?? {};
    if (password !== undefined) {
      const state = await nodeRed.admin.request('gridwire/stores/store/state');
      const seen = [...nodeRed.lines, JSON.stringify(await nodeRed.admin.flows()), await state.text()];
      assert.deepEqual(
        seen.filter((line) => line.includes(password)),
        [],
        'the password shows',
      );
    }
    await nodeRed.stop();
    const store = await openStore(patient.settings);
    const kept = (await store.mirror.read({}, 0, 1_000)).map(({ message }) => message.topic);
    await store.close();
    assert.deepEqual(kept.sort(), given(200).sort());
  } finally {
    if (nodeRed.isRunning) await nodeRed.stop();
    await patient.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

/** Fills a disk to the last byte. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const size of [1 << 20, 1 << 12]) {
      try {
        for (;;) writeSync(handle, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(handle);
  }
}

/** Takes connections until the server has none left. */
async function takeAll(settings: PostgresSettings, hoard: Client[]): Promise<void> {
  for (;;) {
    const client = new Client({ ...settings, database: 'postgres', ssl: false });
    client.on('error', () => undefined);
    try {
      await client.connect();
      hoard.push(client);
    } catch (error) {
      if ((error as { code?: string }).code !== '53300') throw error;
      return;
    }
  }
}
