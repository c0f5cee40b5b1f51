/** Runs every scenario in one Node-RED, each on a tab of its own, and reports what happened on each. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';
import { TestBench, type Happening } from './test-nodes.js';

export interface Report {
  happenings: Happening[][];
  remembered: { messages: number; messageIds: number; sources: number };
  late: number;
  faults: number;
}

/** How long after the last settlement late messages are still waited for, milliseconds. */
const AFTERMATH = 700;

/** @param argument `{ sync: true }` for Node-RED's synchronous delivery */
export default async function run(argument: unknown): Promise<Report> {
  const { sync } = argument as { sync: boolean };
  const bench = new TestBench();
  const server = await startServer();
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const nodeRed = await startNodeRed({
    nodes: bench.nodes,
    settings: { runtimeSyncDelivery: sync },
  });
  await nodeRed.deploy(scenarios.flatMap(flowOf));
  scenarios.forEach((scenario, index) => send(bench, scenario, index, base));
  const expected = scenarios.reduce((sum, { send: messages }) => sum + (messages?.length ?? 1), 0);
  const settled = () =>
    [...bench.happenings.values()].flat().filter((happening) => 'settled' in happening).length;
  await bench.until(() => settled() === expected, 15_000).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH));
  const { late, faults } = bench.completion.statistics();
  const report = {
    happenings: scenarios.map((_, index) => [...bench.of(tabOf(index))]),
    remembered: bench.completion.remembered(),
    late,
    faults,
  };
  await nodeRed.stop();
  server.close();
  server.closeAllConnections();
  return report;
}

const tabOf = (index: number) => `tab${String(index)}`;

function flowOf(scenario: Scenario, index: number): FlowNode[] {
  const z = tabOf(index);
  const targets = scenario.wires?.map((each) => scenario.nodes[Number(each)]!.id) ?? [scenario.nodes[0]!.id];
  return [
    { id: z, type: 'tab', label: scenario.name },
    { id: `source-${z}`, type: 'test source', z, x: 1, y: 1, wires: [targets] },
    ...scenario.nodes.map((each) => (each.type === 'subflow' ? each : { z, x: 1, y: 1, ...each })),
  ];
}

function send(bench: TestBench, scenario: Scenario, index: number, base: string): void {
  const options = { timeoutMs: 8_000, caughtIs: 'ack' as const, ...scenario.options };
  for (const { after, ...msg } of scenario.send ?? [{ payload: 1 }]) {
    const go = () => bench.send(`source-${tabOf(index)}`, tabOf(index), { base, ...msg }, options);
    if (typeof after === 'number') setTimeout(go, after);
    else go();
  }
}

function startServer(): Promise<Server> {
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/cut') incoming.socket.destroy();
    else answer.writeHead(incoming.url === '/broken' ? 500 : 200).end('text');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
