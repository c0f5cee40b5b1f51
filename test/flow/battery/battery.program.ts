/** Runs the battery example as it is shipped, but with a status after every reading, and the other modes beside it, in one Node-RED. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import registerBattery from '../../../nodes/ble-battery/ble-battery.js';
import registerBroker from '../../../nodes/broker/broker.js';
import registerPublish from '../../../nodes/publish/publish.js';
import registerSubscribe from '../../../nodes/subscribe/subscribe.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import registerSummary from '../../../nodes/vehicle-summary/vehicle-summary.js';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

/** What the test looks at: each message by the name of the node that got it. */
export interface Heard {
  by: string;
  topic: string;
  payload: Record<string, unknown>;
  /** An error's code, or a status's text. */
  code?: string;
}

interface Incoming {
  payload: Heard['payload'];
  error?: { code: string };
}

interface NodeStatus {
  id: string;
  status: { text: string };
}

const EXAMPLE = path.resolve(__dirname, '../../../examples/battery-fleet.json');
const NEWCOMER_MS = 10_000;
const PATIENCE_MS = 20_000;

/** A running Battery Hawk repeats the last reading in every status; then its device moves to another vehicle. */
const reading = { device_id: '02:00:00:00:00:01', voltage: 12.6, vehicle_id: 'van' };
const REPORTS = [
  { ...reading, timestamp: '2026-01-01T00:00:01Z' },
  { ...reading, timestamp: '2026-01-01T00:00:02Z', connected: false },
  { ...reading, timestamp: '2026-01-01T00:00:03Z', connected: true },
  { ...reading, timestamp: '2026-01-01T00:00:04Z', vehicle_id: 'boat' },
];

const heard: Heard[] = [];

export default async function run(): Promise<Heard[]> {
  const nodeRed = await startNodeRed({ nodes: registerAll });
  nodeRed.RED.events.on('node-status', ({ id, status }: NodeStatus) => {
    if (id === 'hardware') heard.push({ by: 'status', topic: '', payload: {}, code: status.text });
  });
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const flow = example.map((node) => {
    if (node.type === 'gridwire-ble-battery') return { ...node, statusAfterReading: true };
    return node.type === 'debug' ? { ...node, type: 'test listener' } : node;
  });
  await nodeRed.deploy([...flow, ...otherModes()]);

  const by = (name: string) => heard.filter((each) => each.by === name);
  const inject = (name: string, message: object) => {
    const { id } = [...flow, ...otherModes()].find((node) => node['name'] === name)!;
    nodeRed.RED.nodes.getNode(id).receive(message as NodeMessage);
  };
  await until(
    'readings, statuses and summaries',
    () => {
      return ['readings', 'connection changes', 'vehicle summaries'].every((name) => by(name).length > 2);
    },
    NEWCOMER_MS,
  );
  await until('everything was published', () => published().size >= 5, PATIENCE_MS);
  inject('history', { device: '02:47:57:00:00:06', limit: 20 });
  await until('a history', () => by('records').length > 0, PATIENCE_MS);
  inject('read on input', { device: '02:47:57:00:00:06' });
  await until('a polled reading', () => by('polled').length > 1, PATIENCE_MS);
  for (const payload of REPORTS) inject('summary of reports', { payload });
  await until('summaries of reports', () => by('report summaries').length >= 5, PATIENCE_MS);
  await until('statuses after readings', () => by('connection changes').length > 8, PATIENCE_MS);
  inject('read on input', { device: 'nonsense' });
  inject('battery monitors', { payload: 'read' });
  inject('wrong settings', { payload: 'read' });
  await until('refusals', () => by('caught').length > 2, PATIENCE_MS);
  await until(
    'a status that says what is missing',
    () => by('status').some(({ code }) => code !== 'gridwire.status.ready'),
    PATIENCE_MS,
  );
  const shutdown = await hearOutside('battery_hawk/system/shutdown');
  await nodeRed.stop();
  await until('the shutdown is told', () => by('outside').length > 0, PATIENCE_MS);
  await shutdown.disconnect();
  return heard;
}

/** Somebody else on the broker of the example, who still listens when Node-RED has stopped. */
async function hearOutside(topic: string): Promise<MemoryBroker> {
  const broker = new MemoryBroker({ name: 'battery-fleet' });
  await broker.connect();
  await broker.subscribe(topic, (delivery) => {
    const payload = JSON.parse(Buffer.from(delivery.message.body).toString()) as Heard['payload'];
    heard.push({ by: 'outside', topic: delivery.message.topic, payload });
    delivery.settle('ack');
  });
  return broker;
}

/** The last level of each topic heard on the broker. */
function published(): Set<string> {
  return new Set(heard.filter(({ by }) => by === 'topics').map(({ topic }) => topic.split('/').at(-1)!));
}

function registerAll(RED: NodeAPI): void {
  for (const register of [
    registerBroker,
    registerPublish,
    registerSubscribe,
    registerBattery,
    registerSummary,
  ]) {
    register(RED);
  }
  RED.nodes.registerType('test listener', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      const { payload, error } = message as Incoming;
      const code = error?.code;
      heard.push({ by: config.name, topic: message.topic ?? '', payload, ...(code ? { code } : {}) });
      done();
    });
  });
}

function otherModes(): FlowNode[] {
  const z = 'modes';
  const nodes: FlowNode[] = [
    { id: z, type: 'tab', label: 'other modes' },
    {
      id: 'poll',
      type: 'gridwire-ble-battery',
      z,
      name: 'read on input',
      adapter: 'simulator',
      mode: 'poll',
      devices: [],
      wires: [['polled'], ['polled'], []],
    },
    { id: 'polled', type: 'test listener', z, name: 'polled', wires: [] },
    {
      ...{ id: 'reports', type: 'gridwire-vehicle-summary', z, name: 'summary of reports', devices: [] },
      wires: [['report-summaries'], []],
    },
    { id: 'report-summaries', type: 'test listener', z, name: 'report summaries', wires: [] },
    {
      id: 'wrong',
      type: 'gridwire-ble-battery',
      z,
      name: 'wrong settings',
      adapter: 'simulator',
      devices: [{ address: 'not an address' }, { address: '02:47:57:00:00:01', vehicle: 'a/b' }],
      wires: [[], [], []],
    },
    {
      id: 'hardware',
      type: 'gridwire-ble-battery',
      z,
      name: 'real Bluetooth',
      adapter: 'bluetooth',
      devices: [{ address: '50:54:7B:22:2F:20' }],
      wires: [[], [], []],
    },
    { id: 'catch', type: 'catch', z, scope: null, uncaught: false, wires: [['caught']] },
    { id: 'caught', type: 'test listener', z, name: 'caught', wires: [] },
    {
      id: 'catch2',
      type: 'catch',
      z: 'ba77000000000001',
      scope: null,
      uncaught: false,
      wires: [['caught2']],
    },
    { id: 'caught2', type: 'test listener', z: 'ba77000000000001', name: 'caught', wires: [] },
  ];
  // Without a place on the canvas Node-RED would take them for config nodes.
  return nodes.map((node) => (node.type === 'tab' ? node : { x: 1, y: 1, ...node }));
}
