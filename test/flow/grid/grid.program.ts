/** Runs the grid example as it is shipped, and what can go wrong beside it, in one Node-RED. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import registerBroker from '../../../nodes/broker/broker.js';
import registerDevice from '../../../nodes/grid-device/grid-device.js';
import registerSim from '../../../nodes/grid-sim/grid-sim.js';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

/** What the test looks at: each message by the name of the node that got it. */
export interface Heard {
  by: string;
  payload: unknown;
  error?: { message: string };
}

export interface Report {
  heard: Heard[];
  /** How long the day of the example took, milliseconds. */
  dayMs: number;
  /** Turns that others had while a large network was found to have no solution. */
  turns: number;
}

const EXAMPLE = path.resolve(__dirname, '../../../examples/grid-day.json');
const heard: Heard[] = [];

export default async function run(): Promise<Report> {
  const nodeRed = await startNodeRed({ nodes: registerAll });
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const flow = example.map((node) => (node.type === 'debug' ? { ...node, type: 'test listener' } : node));
  const nodes = [...flow, ...beside()];
  await nodeRed.deploy(nodes);
  const by = (name: string) => heard.filter((each) => each.by === name);
  const send = (name: string, message: object = {}) => {
    const { id } = nodes.find((node) => node['name'] === name)!;
    nodeRed.RED.nodes.getNode(id).receive(message as NodeMessage);
  };

  const start = performance.now();
  send('run a day');
  await until('a day', () => by('summary').length === 24);
  const dayMs = performance.now() - start;
  send('distributed');
  send('distributed', { payload: { MG1: { 'MG1-ESS1': { P_MW: 0.2 } } } });
  await until('two distributed steps', () => by('summary over the broker').length === 2);
  send('one agent only');
  await until('a step with silent devices', () => by('lonely').length === 1);
  send('three microgrids', { payload: { MG9: {} } });
  send('three microgrids', { payload: { MG1: { 'MG1-ESS1': { P_MW: 'much' } } } });
  send('broken settings');
  await until('refusals', () => by('caught').length === 3);
  send('heavy');
  await until('a step without solution', () => by('collapsed').length === 1);
  const turns = await turnsWhile(async () => {
    send('large');
    send('large');
    // A process begins meanwhile, on a machine that may be busy.
    await until('a large network with and without solution', () => by('large network').length === 2, 30_000);
  });
  await until('two ticks', () => by('ticked').length >= 2);
  await nodeRed.stop();
  return { heard, dayMs, turns };
}

async function turnsWhile(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  await work();
  clearImmediate(next);
  return turns;
}

/** A row of 250 buses that carries its load in the first step, and 90 times as much in no way in the second. */
function large(): object {
  const weather = { irradianceWPerM2: 0, ambientC: 0, windMPerS: 0, pricePerMwh: 0 };
  const ids = Array.from({ length: 250 }, (_, at) => `b${at}`);
  const lines = ids.slice(1).map((to, at) => ({
    ...{ id: `l${at}`, from: ids[at], to, lengthKm: 1, rOhmPerKm: 0.1, xOhmPerKm: 0.1 },
  }));
  return {
    network: {
      ...{ name: 'row', baseMva: 10, buses: ids.map((id) => ({ id, nominalKv: 20 })), lines },
      sources: [{ id: 'grid', bus: 'b0', vmPu: 1 }],
      loads: [{ id: 'd', bus: 'b249', pMw: 0.5, qMvar: 0 }],
    },
    agents: [],
    conditions: [
      { loadScale: 1, ...weather },
      { loadScale: 90, ...weather },
    ],
  };
}

function beside(): FlowNode[] {
  const [z, broker] = ['9d1d000000000001', '9d1d000000000008'];
  const listener = (id: string, name: string): FlowNode => ({
    id,
    type: 'test listener',
    z,
    name,
    x: 1,
    y: 1,
    wires: [],
  });
  const place = { z, x: 1, y: 1 };
  const heavy = {
    network: 'ieee13',
    agents: [],
    conditions: [{ loadScale: 50, irradianceWPerM2: 0, ambientC: 0, windMPerS: 0, pricePerMwh: 0 }],
  };
  return [
    {
      ...{ ...place, id: 'lonely', type: 'gridwire-grid-sim', name: 'one agent only', mode: 'distributed' },
      ...{ broker, envId: 'env_1', deadline: '200', wires: [[], [], ['lonely-heard']] },
    },
    {
      ...place,
      id: 'lonely-mg2',
      type: 'gridwire-grid-device',
      broker,
      envId: 'env_1',
      agent: 'MG2',
      wires: [[]],
    },
    listener('lonely-heard', 'lonely'),
    {
      ...place,
      id: 'broken',
      type: 'gridwire-grid-sim',
      name: 'broken settings',
      environment: 'nowhere',
      wires: [[], [], []],
    },
    {
      ...{ ...place, id: 'heavy', type: 'gridwire-grid-sim', name: 'heavy', environment: 'own' },
      ...{ environmentJson: JSON.stringify(heavy), wires: [[], [], ['heavy-heard']] },
    },
    listener('heavy-heard', 'collapsed'),
    {
      ...{ ...place, id: 'large', type: 'gridwire-grid-sim', name: 'large', environment: 'own' },
      ...{ environmentJson: JSON.stringify(large()), wires: [[], [], ['large-heard']] },
    },
    listener('large-heard', 'large network'),
    {
      ...place,
      id: 'clock',
      type: 'gridwire-grid-sim',
      environment: 'ieee13',
      clock: '1',
      wires: [[], [], ['clock-heard']],
    },
    listener('clock-heard', 'ticked'),
    { ...place, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught-heard']] },
    listener('caught-heard', 'caught'),
  ];
}

function registerAll(RED: NodeAPI): void {
  for (const register of [registerBroker, registerSim, registerDevice]) register(RED);
  RED.nodes.registerType('test listener', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      const { payload, error } = message as { payload: unknown; error?: { message: string } };
      heard.push({ by: config.name, payload, ...(error && { error: { message: error.message } }) });
      done();
    });
  });
}
