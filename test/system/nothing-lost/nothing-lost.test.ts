import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { common, longWay } from './flows.js';
import { killRun, MOSQUITTO } from './kill-run.js';
import { storedRows } from './stored-rows.js';

/** Per variant; scripts/nightly/kill.ts makes many. */
const KILLS = Number(process.env['GRIDWIRE_KILLS'] ?? 2);

/** Events between two deploys. */
const BETWEEN = 300;

describe('nothing lost (real Mosquitto, real Node-RED)', function () {
  this.timeout(300_000);
  let mosquitto: CrashableMosquitto;

  beforeEach(async function () {
    mosquitto = await startMosquitto(this, { config: MOSQUITTO });
  });
  afterEach(() => mosquitto.stop());

  for (const variant of [
    { version: 4, qos: 1 },
    { version: 5, qos: 2 },
  ] as const) {
    it(`loses no event to kill -9 of Node-RED: MQTT ${variant.version === 4 ? '3.1.1' : '5'}, QoS ${variant.qos}`, async () => {
      const result = await killRun(mosquitto, variant, KILLS);
      assert.ok(result.sent > 100, JSON.stringify(result));
      assert.equal(result.lost, 0, JSON.stringify(result));
      assert.ok(result.duplicates <= result.duplicatesAllowed, JSON.stringify(result));
      assert.equal(result.lostAfterDeduplication, 0, JSON.stringify(result));
      assert.equal(result.duplicatesAfterDeduplication, 0, JSON.stringify(result));
    });
  }

  it('delivers in order what a store kept while the broker was away, across kill -9 of broker and Node-RED', async () => {
    const COUNT = 500;
    const place = { z: 'tab', x: 1, y: 1 };
    const flows = [
      ...common(mosquitto.port, 'outbox', { version: 5 }),
      { ...place, id: 'go', type: 'inject', props: [], wires: [['make']] },
      {
        ...{ ...place, id: 'make', type: 'function', outputs: 1, wires: [['out']] },
        func: `for (let n = 0; n < ${COUNT}; n += 1) node.send({ topic: 'kept/' + n % 3, payload: n });`,
      },
      {
        ...{ ...place, id: 'out', type: 'gridwire-publish', broker: 'broker', contract: '', topic: '' },
        ...{ qos: '1', store: 'store', wires: [[]] },
      },
      { ...place, id: 'done', type: 'complete', scope: ['out'], wires: [[]] },
    ];
    let nodeRed = await NodeRedProcess.start({ flows });
    const { userDir } = nodeRed;
    try {
      await nodeRed.waitForLine(/gridwire-broker:broker\] Connected/);
      await nodeRed.waitForLine(/The store is open/);
      await mosquitto.kill();
      await nodeRed.admin.inject('go');
      await until('the store has all', () => storedRows(userDir, 'gridwire_outbox') === COUNT, 20_000);
      await nodeRed.kill();
      await mosquitto.start();
      const client = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto.port });
      const heard = new Map<string, number[]>();
      client.on('message', (topic, body) => heard.set(topic, [...(heard.get(topic) ?? []), Number(body)]));
      await client.subscribeAsync('kept/#', { qos: 1 });
      nodeRed = await NodeRedProcess.start({ userDir });
      await until('all have come', () => [...heard.values()].flat().length >= COUNT, 30_000);
      await until('the store has none', () => storedRows(userDir, 'gridwire_outbox') === 0, 10_000);
      for (const [topic, numbers] of heard) {
        const offset = Number(topic.slice(-1));
        assert.deepEqual(
          numbers,
          Array.from({ length: numbers.length }, (_, index) => offset + 3 * index),
        );
      }
      await client.endAsync();
    } finally {
      await nodeRed.stop();
    }
  });

  it('loses no event to one redeploy after the other under load', async () => {
    const client = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto.port });
    const heard = new Set<number>();
    client.on('message', (_topic, body) => heard.add((JSON.parse(body.toString()) as { n: number }).n));
    await client.subscribeAsync('load', { qos: 1 });
    const flows = longWay(mosquitto.port, { version: 5, qos: 1 });
    const nodeRed = await NodeRedProcess.start({ flows });
    try {
      let sent = 0;
      const send = (n: number) => client.publishAsync('in/load', JSON.stringify({ n }), { qos: 1 });
      await client.publishAsync('in/load', JSON.stringify({ n: 0 }), { qos: 1, retain: true });
      await until('the subscription stands', () => heard.has(0), 60_000);
      for (const type of ['full', 'nodes', 'flows', 'nodes', 'full'] as const) {
        const before = heard.size;
        await Promise.all(Array.from({ length: BETWEEN }, () => send((sent += 1))));
        // In the middle of the load.
        await until('the load comes through', () => heard.size > before + BETWEEN / 4, 60_000);
        const changed = flows.map((node) =>
          node.id === 'await' ? { ...node, func: `${String(node['func'])} // ${sent}` } : node,
        );
        await nodeRed.admin.deploy(changed, type);
      }
      await until('all have come', () => heard.size === sent + 1, 60_000).catch(() => undefined);
      const lost = Array.from({ length: sent }, (_, index) => index + 1).filter((n) => !heard.has(n));
      assert.deepEqual(lost, [], nodeRed.lines.slice(-20).join('\n'));
    } finally {
      await nodeRed.stop();
      await client.endAsync();
    }
  });
});
