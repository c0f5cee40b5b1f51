import { createRequire } from 'node:module';
import helper from 'node-red-node-test-helper';
import type { Node, NodeAPI, NodeInitializer, NodeMessage } from 'node-red';
import alarm from '../../nodes/alarm/alarm.js';
import broker from '../../nodes/broker/broker.js';
import contract from '../../nodes/contract/contract.js';
import devices from '../../nodes/devices/devices.js';
import dlq from '../../nodes/dlq/dlq.js';
import gridSim from '../../nodes/grid-sim/grid-sim.js';
import health from '../../nodes/health/health.js';
import ingest from '../../nodes/ingest/ingest.js';
import mirror from '../../nodes/mirror/mirror.js';
import metrics from '../../nodes/metrics/metrics.js';
import publish from '../../nodes/publish/publish.js';
import replay from '../../nodes/replay/replay.js';
import store from '../../nodes/store/store.js';
import subscribe from '../../nodes/subscribe/subscribe.js';
import validate from '../../nodes/validate/validate.js';
import vehicleSummary from '../../nodes/vehicle-summary/vehicle-summary.js';
import { forgetMemoryBrokers } from '../../src/brokers/memory/memory-broker.js';
import type { FlowNode } from './node-red-admin.js';
import { nodeRedPackage } from './node-red-runtime.js';
import { until } from './wait.js';

const ALL = [
  alarm,
  broker,
  contract,
  devices,
  dlq,
  gridSim,
  health,
  ingest,
  metrics,
  publish,
  subscribe,
  validate,
  vehicleSummary,
  mirror,
  replay,
  store,
] as unknown as NodeInitializer[];

interface Hooks {
  add(
    name: string,
    handler: (event: { msg: NodeMessage; error?: Error; node: { id: string } }) => void,
  ): void;
  remove(name: string): void;
}

/** Node-RED's numbers. */
const LEVELS = { error: 20, warn: 30, info: 40 };

/**
 * Node-RED's test helper on the version the suite runs on, with our nodes; its nodes are given the runtime's hooks,
 * which it leaves out. Call it inside `describe`; it starts and
 * stops the helper's server around the tests.
 */
export function useFlows(): {
  load: (flow: FlowNode[], credentials?: object) => Promise<void>;
  /** Ends the flow before the test does. */
  unload: () => Promise<void>;
  node: (id: string) => Node;
  /** Node-RED, as the nodes are given it. */
  runtime: () => NodeAPI;
  /** Messages that a helper node has received. */
  received: (id: string) => NodeMessage[];
  /** Calls of `done` at a node. */
  endsOf: (id: string) => (string | undefined)[];
  /** Lines that were logged at that level by a node. */
  logged: (id: string, level: keyof typeof LEVELS) => string[];
} {
  const messages = new Map<string, NodeMessage[]>();
  const ends: { id: string; code: string | undefined }[] = [];
  const file = createRequire(__filename).resolve(nodeRedPackage());
  const { hooks } = createRequire(__filename)(file) as { hooks: Hooks };
  let runtime: NodeAPI | undefined;
  helper.init(file);

  before(() => helper.startServer());
  after((finished) => {
    helper.stopServer(finished);
  });
  beforeEach(() => {
    messages.clear();
    ends.length = 0;
    hooks.add('onComplete.gridwire-test', ({ error, node }) => {
      ends.push({
        id: node.id,
        code: error === undefined ? undefined : ((error as { code?: string }).code ?? error.message),
      });
    });
  });
  afterEach(async () => {
    hooks.remove('*.gridwire-test');
    await helper.unload();
    forgetMemoryBrokers();
  });

  return {
    load: async (flow, credentials = {}) => {
      await helper.load(
        ALL.map((register): NodeInitializer => (RED) => {
          runtime = RED;
          return register(Object.assign(RED, { hooks }));
        }),
        onTab(flow),
        credentials,
      );
      for (const { id, type } of flow) {
        if (type !== 'helper') continue;
        messages.set(id, []);
        helper.getNode(id).on('input', (message) => {
          messages.get(id)?.push(message);
        });
      }
    },
    unload: () => helper.unload(),
    node: (id) => helper.getNode(id),
    runtime: () => runtime!,
    received: (id) => messages.get(id) ?? [],
    endsOf: (id) => ends.filter((end) => end.id === id).map(({ code }) => code),
    logged: (id, level) =>
      helper
        .log()
        .args.map(([entry]) => entry as { level: number; id: string; msg: unknown })
        .filter((entry) => entry.id === id && entry.level === LEVELS[level])
        .map(({ msg }) => (msg instanceof Error ? msg.message : String(msg))),
  };
}

/** Waits until a list is as long as expected, then makes sure that the runtime's queue holds nothing more for it. */
export async function settled<T>(list: () => readonly T[], length: number): Promise<readonly T[]> {
  await until(`${length} have come`, () => list().length >= length);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  return list();
}

export const memory: FlowNode = { id: 'broker', type: 'gridwire-broker', transport: 'memory' };

const CONFIG_TYPES = ['gridwire-broker', 'gridwire-devices', 'gridwire-store', 'tls-config'];

/** Puts every node but the config nodes onto one tab, where catch nodes see them. */
function onTab(flow: readonly FlowNode[]): FlowNode[] {
  const placed = flow.map((node) =>
    CONFIG_TYPES.includes(node.type) ? node : { z: 'tab', x: 0, y: 0, ...node },
  );
  return [{ id: 'tab', type: 'tab' }, ...placed];
}
