/** Runs every scenario in one Node-RED, each on a tab of its own, and reports what happened on each. */
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';
import { startServers } from './servers.js';
import { TestBench, type Happening } from './test-nodes.js';

export interface Report {
  happenings: Happening[][];
  remembered: { messages: number; messageIds: number; sources: number };
  late: number;
  faults: number;
}

/** Definitions and config nodes. */
const WITHOUT_PLACE = ['subflow', 'mqtt-broker', 'websocket-listener'];

/** @param argument `{ sync: true }` for Node-RED's synchronous delivery */
export default async function run(argument: unknown): Promise<Report> {
  const { sync } = argument as { sync: boolean };
  const bench = new TestBench();
  const servers = await startServers();
  const nodeRed = await startNodeRed({
    nodes: bench.nodes,
    settings: { runtimeSyncDelivery: sync },
  });
  await nodeRed.deploy(scenarios.flatMap(flowOf));
  await servers.connected;
  scenarios.forEach((scenario, index) => send(bench, scenario, index, servers.base));
  const expected = scenarios.reduce((sum, { send: messages }) => sum + (messages?.length ?? 1), 0);
  const settled = () =>
    [...bench.happenings.values()].flat().filter((happening) => 'settled' in happening).length;
  await bench.until(() => settled() === expected, 15_000).catch(() => undefined);
  // The flows that are documented to send late do so long after all else has ended.
  const isLate = (index: number): boolean => {
    const happenings = bench.of(tabOf(index));
    const first = happenings.findIndex((each) => 'settled' in each);
    return first >= 0 && happenings.slice(first).some((each) => 'at' in each);
  };
  await bench
    .until(() => scenarios.every(({ late }, index) => !late || isLate(index)), 15_000)
    .catch(() => undefined);
  const { late, faults } = bench.completion.statistics();
  const report = {
    happenings: scenarios.map((_, index) => [...bench.of(tabOf(index))]),
    remembered: bench.completion.remembered(),
    late,
    faults,
  };
  await nodeRed.stop();
  servers.close();
  return report;
}

const tabOf = (index: number) => `tab${String(index)}`;

function flowOf(scenario: Scenario, index: number): FlowNode[] {
  const z = tabOf(index);
  const targets = scenario.wires?.map((each) => scenario.nodes[Number(each)]!.id) ?? [scenario.nodes[0]!.id];
  return [
    { id: z, type: 'tab', label: scenario.name },
    { id: `source-${z}`, type: 'test source', z, x: 1, y: 1, wires: [targets] },
    ...scenario.nodes.map((each) => (WITHOUT_PLACE.includes(each.type) ? each : { z, x: 1, y: 1, ...each })),
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
