import assert from 'node:assert/strict';
import mqtt, { type MqttClient } from 'mqtt';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { together } from '../../support/together.js';
import { until } from '../../support/wait.js';
import { storedRows } from './stored-rows.js';
import { deploy, name, PATIENCE, publish, source, steady, WaitingRun } from './waiting-run.js';

const EVENTS = 80;
const QUEUE = 'publish out to target';
const TOLD = new RegExp(`Messages wait in this store .*\\(${EVENTS}\\): .*${EVENTS} in "${QUEUE}"`);

interface Queues {
  outbox: { queue: string; count: number; owner?: object; senders?: { id: string }[] }[];
}

/** A Node-RED whose node `out` has accepted what its broker, to which there is no way, cannot take; and another broker. */
class Place {
  /** Topics at the other broker. */
  readonly strays: string[] = [];

  private constructor(
    readonly run: WaitingRun,
    readonly otherWay: TcpProxy,
    readonly nodeRed: NodeRedProcess,
    observer: MqttClient,
  ) {
    observer.on('message', (topic) => this.strays.push(topic));
  }

  static async with(
    context: Mocha.Context,
    other: CrashableMosquitto,
    work: (place: Place) => Promise<void>,
  ): Promise<void> {
    const run = await WaitingRun.start(context);
    const otherWay = await startTcpProxy({ port: other.port });
    const observer = await mqtt.connectAsync({ host: '127.0.0.1', port: other.port });
    const nodeRed = await NodeRedProcess.start({ flows: flowOf(run, otherWay) });
    try {
      const place = new Place(run, otherWay, nodeRed, observer);
      await observer.subscribeAsync('out/#');
      await Promise.all([nodeRed.waitForLine(/The store is open/, PATIENCE), run.subscribed('in')]);
      await run.give(EVENTS);
      await until('all wait', () => place.rows() === EVENTS, PATIENCE);
      await work(place);
    } finally {
      await observer.endAsync(true);
      await run.stop(nodeRed);
      await otherWay.stop();
    }
  }

  readonly rows = () => storedRows(this.nodeRed.userDir, 'gridwire_outbox');

  flow(change?: (node: FlowNode) => FlowNode[]): FlowNode[] {
    return flowOf(this.run, this.otherWay, change);
  }

  async change(flows: FlowNode[], type: 'full' | 'flows' | 'nodes' = 'nodes'): Promise<string[]> {
    const from = this.nodeRed.lines.length;
    await deploy(this.nodeRed, flows, type);
    await steady(() => this.nodeRed.lines.length);
    return this.nodeRed.lines.slice(from);
  }

  async queues(): Promise<Queues> {
    return (await (await this.nodeRed.admin.request('gridwire/stores/store/queues')).json()) as Queues;
  }

  async ask(what: string, body?: object): Promise<Record<string, unknown>> {
    const path = `gridwire/stores/store/queues/outbox/${encodeURIComponent(QUEUE)}/${what}`;
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const init = body === undefined ? {} : { ...json, body: JSON.stringify(body) };
    return (await (await this.nodeRed.admin.request(path, init)).json()) as Record<string, unknown>;
  }

  async allHaveLeft(): Promise<void> {
    await this.run.arrived(EVENTS);
    await until('nothing waits any more', () => this.rows() === 0, PATIENCE);
  }
}

function flowOf(
  run: WaitingRun,
  otherWay: TcpProxy,
  change: (node: FlowNode) => FlowNode[] = (node) => [node],
): FlowNode[] {
  const nodes = [source(), name(), publish(), publish('beside')];
  const store = { id: 'store2', type: 'gridwire-store', kind: 'sqlite', file: 'gridwire/store2.db' };
  return [...run.flow(nodes), mqttBroker('other', otherWay.port), store].flatMap(change);
}

const only = (id: string, change: (node: FlowNode) => FlowNode[]) => (node: FlowNode) =>
  node.id === id ? change(node) : [node];

const GONE: Record<string, (node: FlowNode) => FlowNode[]> = {
  deleted: only('out', () => []),
  'cut and pasted': only('out', (node) => [{ ...node, id: 'pasted' }]),
  disabled: only('out', (node) => [{ ...node, d: true }]),
  'disabled with its tab': only('tab', (node) => [{ ...node, disabled: true }]),
};
const MOVED: Record<string, object> = {
  'another broker': { broker: 'other' },
  'no store': { store: '' },
  'another store': { store: 'store2' },
  'another broker and no store': { broker: 'other', store: '' },
};

async function comesBack(place: Place, gone: (node: FlowNode) => FlowNode[]): Promise<void> {
  const lines = await place.change(place.flow(gone));
  assert.equal(lines.filter((line) => TOLD.test(line)).length, 1, lines.join('\n'));
  const [queue, ...more] = (await place.queues()).outbox;
  assert.deepEqual([queue?.queue, queue?.count, more], [QUEUE, EVENTS, []]);
  assert.equal(queue?.owner, undefined);
  place.run.proxy.resume();
  await place.change(place.flow(gone), 'full');
  assert.equal(place.rows(), EVENTS);
  await place.change(place.flow(), 'nodes');
  await place.allHaveLeft();
  assert.deepEqual([place.run.repeated, place.strays], [[], []]);
}

async function goesWhereItWasMeant(
  place: Place,
  settings: object,
  type: 'nodes' | 'flows' | 'full',
): Promise<void> {
  const changed = place.flow(only('out', (node) => [{ ...node, ...settings }]));
  const lines = await place.change(changed, type);
  assert.equal(lines.filter((line) => TOLD.test(line)).length, 1, lines.join('\n'));
  place.run.proxy.resume();
  // Whatever the source would bring again it brings now.
  await place.change(changed, 'full');
  assert.deepEqual([place.rows(), place.run.came.size, place.strays], [EVENTS, 0, []]);
  assert.deepEqual(
    (await place.queues()).outbox.map(({ queue, count }) => [queue, count]),
    [[QUEUE, EVENTS]],
  );
  await place.change(place.flow());
  await place.allHaveLeft();
  assert.deepEqual([place.run.repeated, place.strays], [[], []]);
}

async function isExported(place: Place): Promise<void> {
  await place.change(place.flow(only('out', (node) => [{ ...node, broker: 'other' }])));
  const [queue] = (await place.queues()).outbox;
  assert.deepEqual(
    queue?.senders?.map(({ id }) => id),
    ['beside'],
  );
  await assert.rejects(place.ask('send', { through: 'out' }), /400/);
  const { messages } = (await place.ask('export')) as { messages: { topic: string }[] };
  assert.equal(new Set(messages.map(({ topic }) => topic)).size, EVENTS);
  assert.deepEqual(await place.ask('send', { through: 'beside' }), { moved: EVENTS });
  place.run.proxy.resume();
  await place.allHaveLeft();
  assert.deepEqual(place.run.repeated, []);
}

async function isDiscarded(place: Place): Promise<void> {
  await place.change(place.flow(only('out', () => [])));
  assert.deepEqual(await place.ask('discard', { all: true }), { discarded: EVENTS });
  assert.deepEqual((await place.queues()).outbox, []);
  const lines = await place.change(place.flow(only('out', () => [])), 'full');
  assert.deepEqual(
    lines.filter((line) => /Messages wait in this store/.test(line)),
    [],
  );
}

describe('what waits for a node that is not there any more', function () {
  this.timeout(120_000);
  let other: CrashableMosquitto;

  before(async function () {
    other = await startMosquitto(this);
  });
  after(() => other.stop());

  const at = (work: (place: Place) => Promise<void>) => (context: Mocha.Context) =>
    Place.with(context, other, work);
  together(4, [
    ...Object.entries(GONE).map(
      ([what, gone]) =>
        [
          `is told and shown, stays, and goes to its broker when the node is back: ${what}`,
          at((place) => comesBack(place, gone)),
        ] as const,
    ),
    ...Object.entries(MOVED).flatMap(([what, settings]) =>
      (['nodes', 'flows', 'full'] as const).map(
        (type) =>
          [
            `goes to the broker that it was meant for, once, though the node has ${what} now: ${type}`,
            at((place) => goesWhereItWasMeant(place, settings, type)),
          ] as const,
      ),
    ),
    ['can be exported, and sent by another node of its broker only', at(isExported)],
    ['can be discarded', at(isDiscarded)],
  ]);
});
