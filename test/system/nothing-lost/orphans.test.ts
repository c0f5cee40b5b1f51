import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/wait.js';
import { storedRows } from './stored-rows.js';
import { deploy, name, PATIENCE, publish, source, steady, WaitingRun } from './waiting-run.js';

const EVENTS = 80;
const QUEUE = 'publish out to target';
const TOLD = new RegExp(`Messages wait in this store .*\\(${EVENTS}\\): .*${EVENTS} in "${QUEUE}"`);

interface Queues {
  outbox: { queue: string; count: number; owner?: object; senders?: { id: string }[] }[];
}

describe('what waits for a node that is not there any more', function () {
  this.timeout(120_000);
  let run: WaitingRun;
  let other: CrashableMosquitto;
  let otherWay: TcpProxy;
  /** Topics at the other broker. */
  let strays: string[];
  let nodeRed: NodeRedProcess;

  before(async function () {
    other = await startMosquitto(this);
  });
  beforeEach(async function () {
    run = await WaitingRun.start(this);
    otherWay = await startTcpProxy({ port: other.port });
    strays = [];
    nodeRed = await NodeRedProcess.start({ flows: flow() });
    await Promise.all([nodeRed.waitForLine(/The store is open/, PATIENCE), run.subscribed('in')]);
    await run.give(EVENTS);
    await until('all wait', () => rows() === EVENTS, PATIENCE);
  });
  afterEach(async () => {
    await run.stop(nodeRed);
    await otherWay.stop();
  });
  after(() => other.stop());

  const rows = () => storedRows(nodeRed.userDir, 'gridwire_outbox');
  function flow(change: (node: FlowNode) => FlowNode[] = (node) => [node]): FlowNode[] {
    const nodes = [source(), name(), publish(), publish('beside')];
    const store = { id: 'store2', type: 'gridwire-store', kind: 'sqlite', file: 'gridwire/store2.db' };
    return [...run.flow(nodes), mqttBroker('other', otherWay.port), store].flatMap(change);
  }
  const only = (id: string, change: (node: FlowNode) => FlowNode[]) => (node: FlowNode) =>
    node.id === id ? change(node) : [node];
  async function change(flows: FlowNode[], type: 'full' | 'flows' | 'nodes' = 'nodes'): Promise<string[]> {
    const from = nodeRed.lines.length;
    await deploy(nodeRed, flows, type);
    await steady(() => nodeRed.lines.length);
    return nodeRed.lines.slice(from);
  }
  async function queues(): Promise<Queues> {
    return (await (await nodeRed.admin.request('gridwire/stores/store/queues')).json()) as Queues;
  }
  const ask = async (what: string, body?: object): Promise<Record<string, unknown>> => {
    const path = `gridwire/stores/store/queues/outbox/${encodeURIComponent(QUEUE)}/${what}`;
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const init = body === undefined ? {} : { ...json, body: JSON.stringify(body) };
    return (await (await nodeRed.admin.request(path, init)).json()) as Record<string, unknown>;
  };

  const GONE: Record<string, (node: FlowNode) => FlowNode[]> = {
    deleted: only('out', () => []),
    'cut and pasted': only('out', (node) => [{ ...node, id: 'pasted' }]),
    disabled: only('out', (node) => [{ ...node, d: true }]),
    'disabled with its tab': only('tab', (node) => [{ ...node, disabled: true }]),
  };
  for (const [what, changed] of Object.entries(GONE)) {
    it(`is told and shown, stays, and goes to its broker when the node is back: ${what}`, async () => {
      const observer = await mqtt.connectAsync({ host: '127.0.0.1', port: other.port });
      observer.on('message', (topic) => strays.push(topic));
      await observer.subscribeAsync('out/#');
      const lines = await change(flow(changed));
      assert.equal(lines.filter((line) => TOLD.test(line)).length, 1, lines.join('\n'));
      const [queue, ...more] = (await queues()).outbox;
      assert.deepEqual([queue?.queue, queue?.count, more], [QUEUE, EVENTS, []]);
      assert.equal(queue?.owner, undefined);
      run.proxy.resume();
      await change(flow(changed), 'full');
      assert.equal(rows(), EVENTS);
      await change(flow(), 'nodes');
      await run.arrived(EVENTS);
      await until('nothing waits any more', () => rows() === 0, PATIENCE);
      await observer.endAsync();
      assert.deepEqual([run.repeated, strays], [[], []]);
    });
  }

  const MOVED: Record<string, object> = {
    'another broker': { broker: 'other' },
    'no store': { store: '' },
    'another store': { store: 'store2' },
    'another broker and no store': { broker: 'other', store: '' },
  };
  for (const [what, settings] of Object.entries(MOVED)) {
    for (const type of ['nodes', 'flows', 'full'] as const) {
      it(`goes to the broker that it was meant for, once, though the node has ${what} now: ${type}`, async () => {
        const observer = await mqtt.connectAsync({ host: '127.0.0.1', port: other.port });
        observer.on('message', (topic) => strays.push(topic));
        await observer.subscribeAsync('out/#');
        const changed = flow(only('out', (node) => [{ ...node, ...settings }]));
        const lines = await change(changed, type);
        assert.equal(lines.filter((line) => TOLD.test(line)).length, 1, lines.join('\n'));
        run.proxy.resume();
        // Whatever the source would bring again it brings now.
        await change(changed, 'full');
        assert.deepEqual([rows(), run.came.size, strays], [EVENTS, 0, []]);
        assert.deepEqual(
          (await queues()).outbox.map(({ queue, count }) => [queue, count]),
          [[QUEUE, EVENTS]],
        );
        await change(flow());
        await run.arrived(EVENTS);
        await until('nothing waits any more', () => rows() === 0, PATIENCE);
        await observer.endAsync();
        assert.deepEqual([run.repeated, strays], [[], []]);
      });
    }
  }

  it('can be exported, and sent by another node of its broker only', async () => {
    await change(flow(only('out', (node) => [{ ...node, broker: 'other' }])));
    const [queue] = (await queues()).outbox;
    assert.deepEqual(
      queue?.senders?.map(({ id }) => id),
      ['beside'],
    );
    await assert.rejects(ask('send', { through: 'out' }), /400/);
    const { messages } = (await ask('export')) as { messages: { topic: string }[] };
    assert.equal(new Set(messages.map(({ topic }) => topic)).size, EVENTS);
    assert.deepEqual(await ask('send', { through: 'beside' }), { moved: EVENTS });
    run.proxy.resume();
    await run.arrived(EVENTS);
    await until('nothing waits any more', () => rows() === 0, PATIENCE);
    assert.deepEqual(run.repeated, []);
  });

  it('can be discarded', async () => {
    await change(flow(only('out', () => [])));
    assert.deepEqual(await ask('discard', { all: true }), { discarded: EVENTS });
    assert.deepEqual((await queues()).outbox, []);
    const lines = await change(flow(only('out', () => [])), 'full');
    assert.deepEqual(
      lines.filter((line) => /Messages wait in this store/.test(line)),
      [],
    );
  });
});
