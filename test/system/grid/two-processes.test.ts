import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Kafka as Client, logLevel } from 'kafkajs';
import type { Kafka } from '../../../scripts/services/index.js';
import { emptyKafka } from '../../support/kafka.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';

const EXAMPLE = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../../examples/grid-day.json'), 'utf8'),
) as FlowNode[];
const STEPS = 4;
const PATIENCE = 60_000;

const named = (name: string): FlowNode => EXAMPLE.find((node) => node['name'] === name)!;
const TAB = EXAMPLE.find(({ type }) => type === 'tab')!;
const BROKER = EXAMPLE.find(({ type }) => type === 'gridwire-broker')!;
const AGENTS = EXAMPLE.filter(({ type }) => type === 'gridwire-grid-device');

/** The environment of the example, its steps in the log. */
function environment(): FlowNode[] {
  const button = named('a step over the broker');
  const sim = { ...named('distributed'), wires: [[], [], ['told']] };
  return [
    TAB,
    { ...button, wires: [[sim.id]] },
    sim,
    {
      ...{ id: 'told', type: 'function', z: TAB.id, x: 1, y: 1, outputs: 0, wires: [] },
      func: "node.log('step ' + JSON.stringify(msg.payload));",
    },
  ];
}

/** What the environment told of its steps. */
function told(nodeRed: NodeRedProcess): unknown[] {
  return nodeRed.lines.flatMap((line) => {
    const text = /\[function:told\] step (.*)$/.exec(line)?.[1];
    return text === undefined ? [] : [JSON.parse(text) as unknown];
  });
}

async function run(nodeRed: NodeRedProcess): Promise<unknown[]> {
  const button = named('a step over the broker').id;
  await nodeRed.waitForLine(/gridwire-broker:.*Connected/, PATIENCE);
  for (let step = 1; step <= STEPS; step += 1) {
    await nodeRed.admin.inject(button);
    await nodeRed.waitForLine(new RegExp(`\\[function:told\\] step \\{.*"step":${step}\\b`), PATIENCE);
  }
  return told(nodeRed);
}

describe("PowerGrid's agents and environment in processes of their own (Kafka)", function () {
  this.timeout(300_000);
  let kafka: Kafka | undefined;
  const processes: NodeRedProcess[] = [];

  before(async function () {
    kafka = await emptyKafka(this);
  });
  after(async () => {
    await Promise.all(processes.map((nodeRed) => nodeRed.stop()));
    await kafka?.stop();
  });

  async function start(flows: FlowNode[]): Promise<NodeRedProcess> {
    const nodeRed = await NodeRedProcess.start({ flows });
    processes.push(nodeRed);
    return nodeRed;
  }

  /** The example's broker node, with another transport. */
  function onKafka(clientId: string): FlowNode {
    return {
      ...{ ...BROKER, transport: 'kafka', kafkaBrokers: kafka!.brokers, clientId },
      ...{ createTopics: true, partitions: '3', replicas: '1', linger: '0' },
    };
  }

  /** Until every agent reads: an action that comes before has nobody who hears it. */
  async function agentsRead(): Promise<void> {
    const admin = new Client({ brokers: kafka!.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    let reading = 0;
    await until(
      'every agent reads',
      () => {
        void admin
          .listGroups()
          .then(({ groups }) =>
            admin.describeGroups(
              groups.map(({ groupId }) => groupId).filter((id) => id.startsWith('agents')),
            ),
          )
          .then(({ groups }) => (reading = groups.filter(({ state }) => state === 'Stable').length));
        return reading === AGENTS.length;
      },
      PATIENCE,
    );
    await admin.disconnect();
  }

  it('step as they do in one process, with the flow unchanged but for the broker node', async () => {
    const together = await start([
      BROKER,
      ...environment(),
      ...AGENTS.map((node) => ({ ...node, wires: [[]] })),
    ]);
    const expected = await run(together);
    assert.equal(expected.length, STEPS);

    const client = new Client({ brokers: kafka!.brokers.split(','), logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({
      topics: ['actions', 'state_updates', 'network_state', 'p2p_trades'].map((channel) => ({
        topic: `env_0.${channel}`,
        numPartitions: 3,
      })),
      waitForLeaders: true,
    });
    await admin.disconnect();

    await start([TAB, onKafka('agents'), ...AGENTS.map((node) => ({ ...node, wires: [[]] }))]);
    await agentsRead();
    const apart = await start([onKafka('environment'), ...environment()]);
    assert.deepEqual(await run(apart), expected);
  });
});
