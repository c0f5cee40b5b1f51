/** Breaks what flow completion assumes of Node-RED, and shows that no message of the user is lost by it. */
import { RECEIPT_PROPERTY, receiptOf } from '../../../nodes/flow-completion/index.js';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { TestBench, type Happening } from './test-nodes.js';

export interface RobustnessReport {
  happenings: Record<string, Happening[]>;
  faults: number;
  explicit: { duringFlow: number; unknown: boolean; first: boolean; second: boolean; inFlight: number[] };
  /** Messages reached by an untracked source after the last tracked one had closed. */
  hooksLeft: boolean;
  remembered: { messages: number; messageIds: number; sources: number };
}

type Breakage = (node: Record<string, unknown>) => void;
const BREAKAGES: Record<string, Breakage> = {
  'no _flow.getNode': (node) =>
    Object.defineProperty(node, '_flow', { value: withoutGetNode(node['_flow']) }),
  'a _flow.getNode that throws': (node) =>
    Object.defineProperty(node, '_flow', { value: withThrowingGetNode(node['_flow'], 'gone') }),
  'handlers unknown': (node) => delete node['_expectedDoneCount'],
};

const short = { timeoutMs: 600, caughtIs: 'ack' as const };

export default async function run(): Promise<RobustnessReport> {
  const bench = new TestBench();
  const nodeRed = await startNodeRed({ nodes: bench.nodes });
  const names = Object.keys(BREAKAGES);
  const tabs = [...names, 'hostile', 'explicit'];
  await nodeRed.deploy(tabs.flatMap((z) => flowOf(z, z === 'hostile' ? HOSTILE : 'return msg;')));
  for (const name of names) {
    BREAKAGES[name]!(nodeRed.RED.nodes.getNode(`f-${name}`) as unknown as Record<string, unknown>);
  }
  for (const tab of [...names, 'hostile']) bench.send(`s-${tab}`, tab, { payload: 1 }, short);
  await bench.until(() =>
    [...names, 'hostile'].every((tab) => bench.of(tab).some((each) => 'settled' in each)),
  );
  const explicit = await settleExplicitly(bench);
  const { faults } = bench.completion.statistics();
  const happenings = Object.fromEntries(bench.happenings);
  await nodeRed.deploy([]);
  const report = {
    happenings,
    faults,
    explicit,
    hooksLeft: (nodeRed.RED.hooks as unknown as { has(id: string): boolean }).has(
      'onSend.gridwire-completion',
    ),
    remembered: bench.completion.remembered(),
  };
  await nodeRed.stop();
  return report;
}

const HOSTILE = 'return { payload: 1, get receipt() { throw new Error("not for you"); } };';

async function settleExplicitly(bench: TestBench): Promise<RobustnessReport['explicit']> {
  const msg = { payload: 1 } as Record<string, unknown>;
  const receipt = bench.send('s-explicit', 'explicit', msg, {
    ...short,
    timeoutMs: 5_000,
    mode: 'explicit',
  });
  const { completion } = bench;
  const source = bench.source('s-explicit');
  await bench.until(() => bench.of('explicit').some((each) => 'at' in each));
  const duringFlow = bench.of('explicit').filter((each) => 'settled' in each).length;
  const before = completion.inFlight(source);
  const carried = JSON.parse(JSON.stringify({ [RECEIPT_PROPERTY]: msg[RECEIPT_PROPERTY] })) as never;
  const unknown = completion.settleExplicit('no such receipt', 'ack');
  const first = receiptOf(carried) === receipt && completion.settleExplicit(receipt, 'ack');
  const second = completion.settleExplicit(receipt, 'nack');
  return { duringFlow, unknown, first, second, inFlight: [before, completion.inFlight(source)] };
}

function flowOf(z: string, func: string): FlowNode[] {
  const at = { z, x: 1, y: 1 };
  return [
    { id: z, type: 'tab', label: z },
    { id: `s-${z}`, type: 'test source', ...at, wires: [[`f-${z}`]] },
    { id: `f-${z}`, type: 'function', ...at, func, outputs: 1, wires: [[`p-${z}`]] },
    { id: `p-${z}`, type: 'test probe', ...at, probe: 'p', wires: [[]] },
  ];
}

function withoutGetNode(flow: unknown): unknown {
  return withGetNode(flow, (property) => property !== 'getNode', undefined);
}

/** Lets the runtime deliver, but throws at whoever asks about this node itself. */
function withThrowingGetNode(flow: unknown, message: string): unknown {
  return withGetNode(
    flow,
    (property) => property !== 'getNode',
    () => {
      throw new Error(message);
    },
  );
}

function withGetNode(flow: unknown, keep: (property: PropertyKey) => boolean, replacement: unknown): unknown {
  const real = flow as Record<PropertyKey, unknown>;
  return new Proxy(real, {
    get: (target, property) => {
      if (!keep(property)) return replacement;
      const value = target[property];
      // The runtime's own methods keep the real flow as theirs.
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
