/** Holds messages in flows, deploys the flows again, and reports how the messages ended. */
import { startNodeRed, type EmbeddedNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { redeploys, type Redeploy } from './redeploys.js';
import { TestBench, type Happening } from './test-nodes.js';

export interface RedeployReport {
  outcomes: string[][];
  remembered: { messages: number; messageIds: number; sources: number }[];
  /** Fifty deploys under load: how many messages ended how, and what was left over. */
  load: { sent: number; completed: number; aborted: number; other: number; messages: number };
  listenersBefore: number;
  listenersAfter: number;
  faults: number;
}

const options = { timeoutMs: 5_000, caughtIs: 'ack' as const };

export default async function run(): Promise<RedeployReport> {
  const bench = new TestBench();
  const nodeRed = await startNodeRed({ nodes: bench.nodes });
  const listeners = () => nodeRed.RED.events.listenerCount('flows:stopped');
  const report: RedeployReport = {
    outcomes: [],
    remembered: [],
    load: { sent: 0, completed: 0, aborted: 0, other: 0, messages: 0 },
    listenersBefore: listeners(),
    listenersAfter: 0,
    faults: 0,
  };
  for (const [index, redeploy] of redeploys.entries()) {
    report.outcomes.push(await holdAndDeploy(bench, nodeRed, redeploy, `tab${String(index)}`));
    await nodeRed.deploy([]);
    report.remembered.push(bench.completion.remembered());
  }
  report.load = await deployUnderLoad(bench, nodeRed);
  await nodeRed.deploy([]);
  report.listenersAfter = listeners();
  report.faults = bench.completion.statistics().faults;
  await nodeRed.stop();
  return report;
}

const settlements = (happenings: Happening[]) =>
  happenings.flatMap((each) => ('settled' in each ? [each.settled] : []));

async function holdAndDeploy(
  bench: TestBench,
  nodeRed: EmbeddedNodeRed,
  redeploy: Redeploy,
  tab: string,
): Promise<string[]> {
  await nodeRed.deploy(flowOf(redeploy.nodes, tab));
  for (let count = 0; count < (redeploy.send ?? 1); count += 1) {
    bench.send(`source-${tab}`, tab, { payload: count }, options);
  }
  const reached = () => bench.of(tab).filter((each) => 'at' in each).length;
  await bench.until(() => reached() >= (redeploy.reached ?? 0));
  await turns(20);
  await nodeRed.deploy(flowOf(redeploy.change(redeploy.nodes), tab, redeploy.nodes), redeploy.type);
  await bench.until(() => settlements(bench.of(tab)).length >= redeploy.expect.length).catch(() => undefined);
  await turns(20);
  return settlements(bench.of(tab));
}

/** Sends all the time through a function and a delay while the function is deployed anew again and again. */
async function deployUnderLoad(bench: TestBench, nodeRed: EmbeddedNodeRed): Promise<RedeployReport['load']> {
  const tab = 'load';
  const flow = (name: string): FlowNode[] =>
    flowOf(
      [
        { id: 'lf', type: 'function', func: 'await null; return msg;', outputs: 1, name, wires: [['ld']] },
        {
          id: 'ld',
          type: 'delay',
          pauseType: 'delay',
          timeout: '5',
          timeoutUnits: 'milliseconds',
          wires: [['lp']],
        },
        { id: 'lp', type: 'test probe', probe: 'p', wires: [[]] },
      ],
      tab,
    );
  await nodeRed.deploy(flow('first'));
  let sent = 0;
  const sending = setInterval(() => {
    for (let count = 0; count < 10; count += 1)
      bench.send(`source-${tab}`, tab, { payload: (sent += 1) }, options);
  }, 2);
  for (let deploy = 0; deploy < 50; deploy += 1)
    await nodeRed.deploy(flow(`deploy ${String(deploy)}`), 'nodes');
  clearInterval(sending);
  await bench.until(() => settlements(bench.of(tab)).length >= sent).catch(() => undefined);
  const outcomes = settlements(bench.of(tab));
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  const [completed, aborted] = [count('completed'), count('aborted')];
  return {
    sent,
    completed,
    aborted,
    other: outcomes.length - completed - aborted,
    messages: bench.completion.remembered().messages,
  };
}

function flowOf(nodes: FlowNode[], z: string, original = nodes): FlowNode[] {
  return [
    { id: z, type: 'tab', label: z },
    { id: `source-${z}`, type: 'test source', z, x: 1, y: 1, wires: [[original[0]!.id]] },
    ...nodes.map((each) => ({ z, x: 1, y: 1, ...each })),
  ];
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
