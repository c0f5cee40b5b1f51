import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import mqtt from 'mqtt';
import { openStore, type StoreSettings } from '../../../src/store/connection/open-store.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { needsPostgres, TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/wait.js';

const EXAMPLE = path.resolve(__dirname, '../../../examples/taylordash-repair.json');
const STORE = 'f10e000000000003';
/** The example's inject nodes. */
const BUTTONS = {
  create: 'f10e000000000102',
  bad: 'f10e000000000104',
  repair: 'f10e00000000010d',
  replay: 'f10e000000000110',
};

/** Where the example keeps its events, and how somebody else looks into it while the flow runs. */
interface Keeping {
  flows: FlowNode[];
  credentials: object;
  settings: StoreSettings;
  /** Runs a query of TaylorDash's own tables; it gives one column named `value`. */
  query(sql: string): Promise<unknown[]>;
  close(): Promise<void>;
}

const EVENTS = 'SELECT CAST(payload AS TEXT) AS value FROM events_mirror ORDER BY id';
const LETTERS = 'SELECT CAST(payload AS TEXT) AS value FROM dlq_events ORDER BY id';

function example(): FlowNode[] {
  return JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
}

function inSqlite(userDir: string): Keeping {
  const file = path.join(userDir, 'gridwire', 'taylordash.db');
  return {
    flows: example(),
    credentials: {},
    settings: { kind: 'sqlite', file },
    query: (sql) => {
      const reader = new BetterSqlite(file, { readonly: true });
      try {
        return Promise.resolve((reader.prepare(sql).all() as { value: unknown }[]).map(({ value }) => value));
      } finally {
        reader.close();
      }
    },
    close: () => Promise.resolve(),
  };
}

async function inPostgres(): Promise<Keeping> {
  const database = await TestDatabase.create();
  const { settings } = database;
  const where = {
    kind: 'postgres',
    host: settings.host,
    port: String(settings.port),
    database: database.name,
  };
  return {
    flows: example().map((node) => (node.id === STORE ? { ...node, ...where } : node)),
    credentials: { [STORE]: { user: settings.user, password: settings.password ?? '' } },
    settings,
    query: async (sql) => (await database.query(sql)).map((row) => row['value']),
    close: () => database.drop(),
  };
}

describe("TaylorDash's story: the example flow on a real broker", function () {
  this.timeout(120_000);
  let userDir: string;
  beforeEach(() => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-story-'));
  });
  afterEach(() => {
    rmSync(userDir, { recursive: true, force: true });
  });

  const STORY =
    'publishes, mirrors, keeps a bad event, repairs it with a patch and replays the hour, across a kill -9';
  it(`${STORY}, in SQLite`, () => story(userDir, inSqlite(userDir)));
  it(`${STORY}, in PostgreSQL`, async function () {
    needsPostgres(this);
    await story(userDir, await inPostgres());
  });
});

async function story(userDir: string, keeping: Keeping): Promise<void> {
  const address = new URL(process.env['GRIDWIRE_MQTT_URL']!);
  const env = { GRIDWIRE_MQTT_HOST: address.hostname, GRIDWIRE_MQTT_PORT: address.port || '1883' };
  const client = await mqtt.connectAsync(address.href);
  const heard: { topic: string; body: string }[] = [];
  client.on('message', (topic, body) => heard.push({ topic, body: body.toString() }));
  await client.subscribeAsync(['tracker/#', 'replay/#'], { qos: 1 });
  const on = (filter: RegExp): string[] =>
    heard.filter(({ topic }) => filter.test(topic)).map(({ body }) => body);
  const created = /^tracker\/events\/projects\/created$/;
  const letters = /^tracker\/dlq\/tracker_events_projects_created$/;
  const replayed = /^replay\/tracker\/events\/projects\/created$/;
  const count = async (sql: string): Promise<number> => (await keeping.query(sql)).length;

  writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(keeping.credentials));
  const first = await NodeRedProcess.start({ userDir, flows: keeping.flows, env });
  let second: NodeRedProcess | undefined;
  try {
    await (await first.ready()).admin.inject(BUTTONS.bad);
    await until('the bad event is on the topic', () => on(letters).length > 0, 30_000);
    await first.admin.inject(BUTTONS.create);
    await until('the good event is mirrored', async () => (await count(EVENTS)) === 1, 30_000);
    const bad = on(created).filter((body) => !body.includes('created_by')).length;
    await until('every bad event is in the table', async () => (await count(LETTERS)) === bad, 30_000);
    await until('every bad event is on the topic', () => on(letters).length === bad, 30_000);
    const [record] = (await keeping.query(LETTERS)).map((text) => JSON.parse(String(text)) as object);
    for (const field of ['original_topic', 'failure_reason', 'failure_timestamp', 'payload'])
      assert.ok(field in record!, field);
    await first.kill();

    second = await NodeRedProcess.start({ userDir, env });
    await (await second.ready()).admin.inject(BUTTONS.create);
    await until('another good event is mirrored', async () => (await count(EVENTS)) > 1, 30_000);
    await second.admin.inject(BUTTONS.repair);
    const repaired = () => on(created).filter((body) => body.includes('"repair"')).length;
    await until('every letter came back repaired', () => repaired() === bad, 30_000);
    const mirrored = async (): Promise<string[]> => (await keeping.query(EVENTS)).map(String);
    await until(
      'every repaired event is mirrored',
      async () => (await mirrored()).filter((body) => body.includes('"repair"')).length === bad,
      30_000,
    );
    await second.admin.inject(BUTTONS.replay);
    const history = (await mirrored()).map((body) => JSON.parse(body) as object);
    await until('the hour was replayed', () => on(replayed).length === history.length, 30_000);
    assert.deepEqual(
      on(replayed).map((body) => JSON.parse(body) as object),
      history,
    );
    await second.stop();

    const store = await openStore(keeping.settings);
    assert.equal(await store.deadLetters.count({ states: ['recovered'] }), bad);
    assert.equal(await store.deadLetters.count({ states: ['waiting', 'recovering'] }), 0);
    const audit = await store.audit.list(Date.now() + 1, 10);
    assert.deepEqual(
      audit.map(({ action }) => action),
      // The replay's begin and its end.
      ['replay', 'replay', 'recover'],
    );
    await store.close();
  } finally {
    if (first.isRunning) await first.stop();
    if (second?.isRunning === true) await second.stop();
    await client.endAsync();
    await keeping.close();
  }
}
