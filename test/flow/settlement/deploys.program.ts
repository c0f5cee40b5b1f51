/** Disables, deletes and redeploys sources that have messages in hand, and reports what became of these. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import devices from '../../../nodes/devices/devices.js';
import ingest from '../../../nodes/ingest/ingest.js';
import storeNode from '../../../nodes/store/store.js';
import subscribe from '../../../nodes/subscribe/subscribe.js';
import { type BrokerNode, makeRoomFor } from '../../../nodes/runtime/broker-node.js';
import type { DevicesNode } from '../../../nodes/runtime/devices-node.js';
import type { StoreNode } from '../../../nodes/runtime/store-node.js';
import type { Subscription } from '../../../src/brokers/broker.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { type FlowNode, startNodeRed } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

export interface DeploysReport {
  seen: Record<string, string[]>;
  warnings: string[];
  /** How many messages the registry said it let go on. */
  approved: number;
  /** Topics of the letters in the store. */
  letters: string[];
}

const code = (id: string, func: string, more: object = {}): FlowNode => ({
  ...{ id, type: 'function', z: 'tab', x: 1, y: 1, outputs: 1, wires: [[]] },
  func: `const note = global.get('note'); ${func}`,
  ...more,
});
const source = (id: string, wires: string[][], more: object = {}): FlowNode => ({
  ...{ id, type: 'gridwire-subscribe', z: 'tab', x: 1, y: 1, broker: 'broker', contract: '', eventType: '' },
  ...{ filter: `${id}/#`, qos: '1', window: '10', store: 'store', wires },
  ...more,
});
const HANGS = "note(msg.topic, 'sees ' + msg.payload); setTimeout(() => node.send(msg), 600000);";

const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab' },
  { id: 'other-tab', type: 'tab' },
  { id: 'broker', type: 'gridwire-broker', transport: 'memory', memoryName: 'deploys' },
  { id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] },
  {
    ...{
      id: 'ingest',
      type: 'gridwire-ingest',
      z: 'tab',
      x: 1,
      y: 1,
      broker: 'broker',
      contract: 'ecogrid-ems',
    },
    ...{ devices: 'devices', store: 'store', window: '10', wires: [['ingest-1'], [], []] },
  },
  code('ingest-1', "note('ingest', 'telemetry ' + msg.payload.telemetryData.powerKw);"),

  source('node', [['node-1'], []]),
  code('node-1', HANGS),
  source('tabbed', [['tabbed-1'], []], { z: 'other-tab' }),
  code('tabbed-1', HANGS, { z: 'other-tab' }),
  source('deleted', [['deleted-1'], []]),
  code('deleted-1', HANGS),

  // Nobody is behind the output for refused events: a disabled node, at the far end of what only hands on.
  ...['straight', 'round'].map((id) =>
    source(id, [[], [id === 'straight' ? 'nobody' : 'junction']], { contract: 'ecogrid-ems' }),
  ),
  { id: 'junction', type: 'junction', z: 'tab', x: 1, y: 1, wires: [['link']] },
  { id: 'link', type: 'link out', z: 'tab', x: 1, y: 1, mode: 'link', links: ['link-in'], wires: [] },
  { id: 'link-in', type: 'link in', z: 'tab', x: 1, y: 1, links: ['link'], wires: [['box']] },
  { id: 'box', type: 'subflow:sub', z: 'tab', x: 1, y: 1, wires: [['nobody']] },
  { id: 'sub', type: 'subflow', in: [{ wires: [{ id: 'inner' }] }], out: [] },
  { ...code('inner', 'return msg;'), z: 'sub', d: true },
  { ...code('nobody', 'return msg;'), d: true },
];

/** A broker with sessions that live through deploys, as real ones have them; it says which filters are read. */
class SessionBroker extends MemoryBroker {
  readonly reads = new Set<string>();

  override async subscribe(...parameters: Parameters<MemoryBroker['subscribe']>): Promise<Subscription> {
    const subscription = await super.subscribe(...parameters);
    this.reads.add(subscription.filter);
    return {
      ...subscription,
      close: (options) => {
        this.reads.delete(subscription.filter);
        return subscription.close(options);
      },
    };
  }
}

const withSession = new SessionBroker({ name: 'deploys', clientId: 'deploys' });

/** Whether every source that is deployed and enabled reads. */
function isRead(flow: readonly FlowNode[]): boolean {
  const isOff = ({ d, z }: FlowNode): boolean =>
    d === true || flow.some(({ id, disabled }) => id === z && disabled === true);
  return flow
    .filter((node) => ['gridwire-subscribe', 'gridwire-ingest'].includes(node.type) && !isOff(node))
    .every(({ id, type }) =>
      [...withSession.reads].some((filter) =>
        type === 'gridwire-ingest' ? filter.startsWith('sites/') : filter === `${id}/#`,
      ),
    );
}

function brokerNode(RED: NodeAPI): void {
  RED.nodes.registerType('gridwire-broker', function (this: BrokerNode, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const users = new Set<string>();
    const uses = {
      acquire: ({ id }: Node) => makeRoomFor(withSession, users.add(id).size),
      release: ({ id }: Node) => {
        users.delete(id);
        makeRoomFor(withSession, users.size);
        return Promise.resolve();
      },
    };
    Object.assign(this, { broker: withSession, topicPrefix: '', ...uses });
  });
}

export default async function run(): Promise<DeploysReport> {
  const seen: Record<string, string[]> = {};
  const note = (topic: string, what: string): void => {
    (seen[topic.split('/')[0] ?? ''] ??= []).push(what);
  };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-deploys-'));
  const store: FlowNode = {
    ...{ id: 'store', type: 'gridwire-store', kind: 'sqlite' },
    file: path.join(folder, 'store.db'),
  };
  const nodeRed = await startNodeRed({
    nodes: (RED) => [brokerNode, devices, ingest, storeNode, subscribe].forEach((register) => register(RED)),
    settings: { functionGlobalContext: { note } },
  });
  const { RED } = nodeRed;
  const warnings: string[] = [];
  const log = new EventEmitter();
  log.on('log', (entry: { level: number; msg: unknown }) => {
    if (entry.level === 30) warnings.push(String(entry.msg));
  });
  RED.log.addHandler(log);

  await withSession.connect();
  const flows = [store, ...FLOWS];
  const events = () => (RED.nodes.getNode('store') as StoreNode).connection!.access();
  const deploy = async (next: FlowNode[], type: 'full' | 'nodes' = 'nodes'): Promise<void> => {
    await nodeRed.deploy(next, type);
    // Sources ask the store before they subscribe.
    await until('every source reads', () => isRead(next));
  };
  await deploy(flows, 'full');
  const out = new MemoryBroker({ name: 'deploys' });
  await out.connect();
  const send = (topic: string, body: string) =>
    out.publish({ topic, body: Buffer.from(body), qos: 1, retain: false, headers: {} });
  const has = (topic: string, count: number) =>
    until(`${topic} has seen ${count}`, () => (seen[topic]?.length ?? 0) >= count, 15_000);
  const changed = (id: string, more: object): FlowNode[] =>
    flows.map((each) => (each.id === id ? { ...each, ...more } : each));
  const isHeld = async (count: number): Promise<boolean> => {
    const { parked } = await events();
    return (await parked.usage(await (await events()).ownQueue('settle ingest'))).count === count;
  };

  // Two are held; the ingest node alone is deployed anew; then their device is approved, twice.
  for (const powerKw of [1, 2]) await send('sites/1/devices/NEW/telemetry', JSON.stringify({ powerKw }));
  for (let held = false; !held;) held = await isHeld(2);
  await deploy(changed('ingest', { window: '11' }));
  const registry = () => (RED.nodes.getNode('devices') as DevicesNode).registry!;
  await until('what is held is known', () => registry().heldMessages === 2);
  const approved = registry().approve({ serialNumber: 'NEW', id: 9, type: 'METER' });
  registry().approve({ serialNumber: 'NEW', id: 9, type: 'METER' });
  await has('ingest', 2);

  // One is in the hands of the flow, another comes while the source, or its tab, is disabled.
  for (const [id, off] of [
    ['node', changed('node', { d: true })],
    ['tabbed', changed('other-tab', { disabled: true })],
  ] as const) {
    await deploy(flows);
    await send(`${id}/x`, 'a');
    await has(id, 1);
    await deploy(off);
    await send(`${id}/x`, 'b');
    await deploy(flows);
    await has(id, 3);
  }

  for (const id of ['straight', 'round']) {
    const before = await (await events()).deadLetters.count({});
    await send(`${id}/x`, id);
    for (let after = before; after === before;) after = await (await events()).deadLetters.count({});
  }
  const letters = (await (await events()).deadLetters.list({}, 0, 10)).map(({ message }) => message.topic);

  await send('deleted/x', 'a');
  await has('deleted', 1);
  await deploy(flows.filter(({ id }) => id !== 'deleted'));
  await deploy(flows);
  await has('deleted', 2);

  await nodeRed.deploy([]);
  await Promise.all([out.disconnect(), withSession.disconnect()]);
  await nodeRed.stop();
  rmSync(folder, { recursive: true, force: true });
  return { seen, warnings, approved, letters };
}
