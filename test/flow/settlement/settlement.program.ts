/** Sends messages through flows behind event subscribe and telemetry ingest, and reports what the flows saw. */
import { EventEmitter } from 'node:events';
import broker from '../../../nodes/broker/broker.js';
import devices from '../../../nodes/devices/devices.js';
import ingest from '../../../nodes/ingest/ingest.js';
import subscribe from '../../../nodes/subscribe/subscribe.js';
import ack from '../../../nodes/ack/ack.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { flowCompletionOf } from '../../../nodes/flow-completion/index.js';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

export interface SettlementReport {
  /** What the flows noted, in order, by the topic's first level. */
  seen: Record<string, string[]>;
  warnings: string[];
  remembered: { messages: number; messageIds: number; sources: number };
  listeners: number;
}

const source = (id: string, wires: string[][], more: object = {}): FlowNode => ({
  id,
  type: 'gridwire-subscribe',
  broker: 'broker',
  contract: '',
  eventType: '',
  filter: `${id}/#`,
  qos: '1',
  window: '1',
  wires,
  ...more,
});
const code = (id: string, func: string, to: string[] = []): FlowNode => ({
  id,
  type: 'function',
  func: `const note = global.get('note'); ${func}`,
  outputs: 1,
  wires: [to],
});
const NOTE_REJECTED = "note(msg.topic, msg.error.code + ' ' + msg.original.body.toString());";

const FLOWS: FlowNode[] = [
  // One after the other, because the window is one: the second starts when the first has been acknowledged.
  source('order', [['order-1'], []]),
  code(
    'order-1',
    "note(msg.topic, 'begins ' + msg.payload); setTimeout(() => { note(msg.topic, 'ends ' + msg.payload); node.send(msg); }, 30);",
    ['order-2'],
  ),
  {
    id: 'order-2',
    type: 'delay',
    pauseType: 'delay',
    timeout: '30',
    timeoutUnits: 'milliseconds',
    wires: [['order-3']],
  },
  code('order-3', "note(msg.topic, 'delayed ' + msg.payload);"),

  source('fails', [['fails-1'], ['fails-2']], { window: '10' }),
  code(
    'fails-1',
    "note(msg.topic, 'attempt ' + msg.attempt + ' ' + msg.payload); if (msg.payload !== 'good') throw new Error('no');",
  ),
  code('fails-2', NOTE_REJECTED),

  source('caught', [['caught-1'], ['caught-3']], { z: 'caught-tab' }),
  { ...code('caught-1', "throw new Error('no');"), z: 'caught-tab' },
  { id: 'caught-2', type: 'catch', z: 'caught-tab', scope: ['caught-1'], wires: [['caught-4']] },
  { ...code('caught-3', NOTE_REJECTED), z: 'caught-tab' },
  { ...code('caught-4', "note(msg.topic, 'caught ' + msg.payload);"), z: 'caught-tab' },

  source('strict', [['strict-1'], ['strict-3']], { z: 'strict-tab', caughtHandled: false }),
  { ...code('strict-1', "throw new Error('no');"), z: 'strict-tab' },
  { id: 'strict-2', type: 'catch', z: 'strict-tab', scope: ['strict-1'], wires: [[]] },
  { ...code('strict-3', NOTE_REJECTED), z: 'strict-tab' },

  source('hangs', [['hangs-1'], ['hangs-2']], {
    settleTimeout: '1',
    window: '10',
  }),
  {
    id: 'hangs-1',
    type: 'join',
    mode: 'custom',
    build: 'array',
    property: 'payload',
    propertyType: 'msg',
    count: '99',
    wires: [[]],
  },
  code('hangs-2', "note('hangs/x', msg.error.code + ' ' + msg.error.message.slice(0, 22));"),

  source('unwired', [[], []]),

  source('explicit', [['explicit-1'], ['explicit-4']], { settlement: 'explicit' }),
  code(
    'explicit-1',
    "note(msg.topic, 'sees ' + msg.payload); flow.set(msg.payload, msg.receipt); if (msg.payload === 'b') return msg; setTimeout(() => node.send({ payload: msg.payload, topic: msg.topic, receipt: msg.receipt }), 50);",
    ['explicit-2'],
  ),
  {
    id: 'explicit-2',
    type: 'switch',
    property: 'payload',
    propertyType: 'msg',
    rules: [{ t: 'eq', v: 'b', vt: 'str' }, { t: 'else' }],
    outputs: 2,
    wires: [['explicit-3'], ['explicit-5']],
  },
  {
    id: 'explicit-3',
    type: 'gridwire-ack',
    outcome: 'reject',
    receipt: 'receipt',
    reason: 'no use',
    wires: [[]],
  },
  { id: 'explicit-5', type: 'gridwire-ack', outcome: 'ack', receipt: 'receipt', reason: '', wires: [[]] },
  code('explicit-4', NOTE_REJECTED),

  source('gather', [['gather-1'], []], { window: '20' }),
  { id: 'gather-1', type: 'batch', mode: 'count', count: '100', overlap: '0', wires: [[]] },

  {
    id: 'ingest',
    type: 'gridwire-ingest',
    broker: 'broker',
    contract: 'ecogrid-ems',
    devices: 'devices',
    window: '1',
    wires: [['ingest-1'], ['ingest-2'], []],
  },
  code('ingest-1', "note('ingest/x', 'telemetry ' + msg.payload.telemetryData.powerKw);"),
  code(
    'ingest-2',
    "note('ingest/x', 'status ' + msg.payload.newStatus + ' ' + msg.attempt); if (msg.attempt === 1) throw new Error('no');",
  ),
];

const CONFIGS: FlowNode[] = [
  { id: 'broker', type: 'gridwire-broker', transport: 'memory', memoryName: 'settlement' },
  {
    id: 'devices',
    type: 'gridwire-devices',
    policy: 'onboard',
    devices: [{ serialNumber: 'A', id: 1, type: 'METER', site: 1 }],
  },
];

export default async function run(): Promise<SettlementReport> {
  const seen: Record<string, string[]> = {};
  const note = (topic: string, what: string): void => {
    (seen[topic.split('/')[0] ?? ''] ??= []).push(what);
  };
  const nodeRed = await startNodeRed({
    nodes: (RED) => [broker, devices, ingest, subscribe, ack].forEach((register) => register(RED)),
    settings: { functionGlobalContext: { note } },
  });
  const { RED } = nodeRed;
  const warnings: string[] = [];
  const log = new EventEmitter();
  log.on('log', (entry: { level: number; msg: unknown }) => {
    if (entry.level === 30) warnings.push(String(entry.msg));
  });
  RED.log.addHandler(log);
  const listeners = RED.events.listenerCount('flows:started');

  const tabs = ['tab', 'caught-tab', 'strict-tab'].map((id): FlowNode => ({ id, type: 'tab' }));
  const flows = [...tabs, ...CONFIGS, ...FLOWS.map((each) => ({ z: 'tab', x: 1, y: 1, ...each }))];
  await nodeRed.deploy(flows);
  const out = new MemoryBroker({ name: 'settlement' });
  await out.connect();
  const send = (topic: string, body: string) =>
    out.publish({ topic, body: Buffer.from(body), qos: 1, retain: false, headers: {} });
  const has = (topic: string, count: number) =>
    until(`${topic} has seen ${count}`, () => (seen[topic]?.length ?? 0) >= count, 15_000).catch(
      () => undefined,
    );

  for (const text of ['a', 'b']) await send('order/x', text);
  for (const text of ['bad', 'good']) await send('fails/x', text);
  await send('caught/x', 'a');
  await send('strict/x', 'a');
  await send('hangs/x', 'a');
  for (const text of ['a', 'b', 'c']) await send('explicit/x', text);
  for (const text of ['a', 'b']) await send('unwired/x', text);
  await send('sites/1/devices/A/status', '{"status":"OFFLINE"}');
  await send('sites/1/devices/A/telemetry', '{"powerKw":5}');
  await Promise.all([
    has('order', 6),
    has('fails', 5),
    has('caught', 1),
    has('strict', 1),
    has('hangs', 1),
    has('explicit', 4),
    has('ingest', 5),
  ]);

  // A deploy of one node, while it holds a message, and others come in the middle of it.
  const anew = { ...code('order-3', "note(msg.topic, 'anew ' + msg.payload);"), z: 'tab', x: 1, y: 1 };
  await send('order/x', 'c');
  const deployed = nodeRed.deploy(
    flows.map((each) => (each.id === 'order-3' ? anew : each)),
    'nodes',
  );
  await send('order/x', 'd');
  await deployed;
  await until('d has come', () => (seen['order'] ?? []).includes('anew d'), 15_000).catch(() => undefined);

  await nodeRed.deploy(tabs);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const remembered = flowCompletionOf(RED).remembered();
  const left = RED.events.listenerCount('flows:started') - listeners;
  await out.disconnect();
  await nodeRed.stop();
  return { seen, warnings, remembered, listeners: left };
}
