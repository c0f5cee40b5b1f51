/** Sends messages of an explicit source through flows with ack nodes, and reports how they were settled. */
import ack from '../../../nodes/ack/ack.js';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { TestBench, type Happening } from '../flow-completion/test-nodes.js';
import { ackFlows } from './ack-flows.js';

export interface AckReport {
  happenings: Happening[][];
  remembered: { messages: number; messageIds: number; sources: number };
}

export default async function run(): Promise<AckReport> {
  const bench = new TestBench();
  const nodeRed = await startNodeRed({
    nodes: (RED) => {
      bench.nodes(RED);
      ack(RED);
    },
  });
  await nodeRed.deploy(ackFlows.flatMap(({ nodes }, index) => flowOf(nodes, tabOf(index))));
  ackFlows.forEach(({ mode = 'explicit', send = 1 }, index) => {
    const tab = tabOf(index);
    for (let payload = 0; payload < send; payload += 1) {
      bench.send(`source-${tab}`, tab, { payload }, { timeoutMs: 2_000, caughtIs: 'ack', mode });
    }
  });
  const finished = () =>
    ackFlows.every(({ expect }, index) => bench.of(tabOf(index)).length >= expect.length);
  await bench.until(finished).catch(() => undefined);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const happenings = ackFlows.map((_, index) => bench.of(tabOf(index)));
  const remembered = bench.completion.remembered();
  await nodeRed.stop();
  return { happenings, remembered };
}

const tabOf = (index: number) => `tab${String(index)}`;

function flowOf(nodes: FlowNode[], z: string): FlowNode[] {
  return [
    { id: z, type: 'tab', label: z },
    { id: `source-${z}`, type: 'test source', z, x: 1, y: 1, wires: [[nodes[0]!.id]] },
    ...nodes.map((each) => ({ z, x: 1, y: 1, ...each })),
  ];
}
