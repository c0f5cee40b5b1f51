import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import mqtt from 'mqtt';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { NodeRedProcess } from '../../support/node-red-process.js';

const EXAMPLE = path.resolve(__dirname, '../../../examples/taylordash-repair.json');
/** Waits until the running flow has committed that many rows; a reader does not disturb it. */
async function kept(userDir: string, query: string, count: number): Promise<void> {
  const reader = new BetterSqlite(storeFile(userDir), { readonly: true });
  try {
    for (const end = Date.now() + 20_000; (reader.prepare(query).get() as { count: number }).count < count;) {
      if (Date.now() > end) throw new Error(`fewer than ${count}: ${query}`);
      await delay(20);
    }
  } finally {
    reader.close();
  }
}

const storeFile = (userDir: string): string => path.join(userDir, 'gridwire', 'taylordash.db');

/** The example's inject nodes. */
const BUTTONS = {
  create: 'f10e000000000102',
  bad: 'f10e000000000104',
  repair: 'f10e00000000010d',
  replay: 'f10e000000000110',
};

describe("TaylorDash's story: the example flow on a real broker", function () {
  this.timeout(120_000);

  it('publishes, mirrors, keeps a bad event, repairs it with a patch and replays the hour, across a kill -9', async () => {
    const address = new URL(process.env['GRIDWIRE_MQTT_URL']!);
    const environment = {
      GRIDWIRE_MQTT_HOST: address.hostname,
      GRIDWIRE_MQTT_PORT: address.port || '1883',
    };
    const client = await mqtt.connectAsync(address.href);
    const heard: { topic: string; body: string }[] = [];
    client.on('message', (topic, body) => heard.push({ topic, body: body.toString() }));
    await client.subscribeAsync(['tracker/#', 'replay/#'], { qos: 1 });
    const on = (filter: RegExp): string[] =>
      heard.filter(({ topic }) => filter.test(topic)).map(({ body }) => body);
    const until = async (filter: RegExp, count: number): Promise<string[]> => {
      const end = Date.now() + 30_000;
      while (on(filter).length < count) {
        if (Date.now() > end) throw new Error(`${on(filter).length} of ${count} on ${String(filter)}`);
        await delay(20);
      }
      return on(filter);
    };

    const first = await NodeRedProcess.start({ flows: EXAMPLE, env: environment });
    const { userDir } = first;
    const created = /^tracker\/events\/projects\/created$/;
    const letters = /^tracker\/dlq\/tracker_events_projects_created$/;
    let second: NodeRedProcess | undefined;
    try {
      // The flow subscribes on its own time; the first letter shows that it is there.
      while (on(letters).length === 0) {
        await first.admin.inject(BUTTONS.bad);
        await delay(500);
      }
      await first.admin.inject(BUTTONS.create);
      const bad = on(created).filter((body) => !body.includes('created_by')).length;
      await until(letters, bad);
      await until(created, bad + 1);
      await kept(userDir, 'SELECT count(*) AS count FROM gridwire_mirror', 1);
      await kept(userDir, 'SELECT count(*) AS count FROM dlq_events', bad);
      await first.kill();

      second = await NodeRedProcess.start({ flows: EXAMPLE, userDir, env: environment });
      await delay(2_000);
      await second.admin.inject(BUTTONS.repair);
      const all = await until(created, bad + 1 + bad);
      const repaired = JSON.parse(all.at(-1)!) as { kind: string; payload: { created_by: string } };
      assert.equal(repaired.payload.created_by, 'repair');
      await kept(userDir, 'SELECT count(*) AS count FROM gridwire_mirror', 1 + bad);
      await second.admin.inject(BUTTONS.replay);
      const replayed = await until(/^replay\/tracker\/events\/projects\/created$/, 1 + bad);
      assert.equal(replayed.length, 1 + bad);
      assert.deepEqual(
        replayed,
        on(created).filter((body) => body.includes('created_by')),
      );
      await second.stop();

      const store = await openSqliteStore({
        kind: 'sqlite',
        file: storeFile(userDir),
      });
      assert.equal(await store.deadLetters.count({ states: ['recovered'] }), bad);
      assert.equal(await store.deadLetters.count({ states: ['waiting', 'recovering'] }), 0);
      const audit = await store.audit.list(Date.now(), 10);
      assert.deepEqual(
        audit.map(({ action }) => action),
        ['replay', 'recover'],
      );
      await store.close();
    } finally {
      if (first.isRunning) await first.stop();
      if (second?.isRunning === true) await second.stop();
      await client.endAsync();
    }
  });
});
