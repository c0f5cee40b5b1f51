import { bentoProgram } from '../../scripts/services/bento/bento.js';
import type { FlowNode } from '../../test/support/node-red-admin.js';
import { withPlaces } from '../closed-loop.js';
import { bentoWith, nodeRedWith, type System } from '../system.js';

export const [IN, OUT] = ['bench/in', 'bench/out'];
/** Events in hand at once, and what Mosquitto may have under way. */
export const WINDOW = 200;
const RENAME = `msg.topic = '${OUT}'; return msg;`;
const LATER = `msg.topic = '${OUT}'; setTimeout(() => { node.send(msg); node.done(); }, 2);`;

/** What both sides check in a message of the bench. */
const SCHEMA = {
  type: 'object',
  required: ['n', 'serialNumber', 'powerKw', 'voltage'],
  properties: {
    n: { type: 'integer', minimum: 0 },
    serialNumber: { type: 'string', minLength: 1 },
    powerKw: { type: 'number' },
    voltage: { type: 'number', minimum: 0, maximum: 1000 },
  },
};

/** Takes messages from `bench/in` to `bench/out` of a broker at an address. */
export type ThroughSystem = (host: string, port: number) => Promise<System>;

/**
 * gridwire-subscribe, a function, gridwire-publish: each message is acknowledged when the broker has what came of it.
 * @param folder of the package; this one's by default
 */
export function gridwire(folder?: string): ThroughSystem {
  return (host, port) => nodeRedWith(gridwireFlow(host, port, ['out']), folder);
}

/** The same with a function that works two milliseconds on each message. */
export function gridwireSettling(folder?: string): ThroughSystem {
  return (host, port) => nodeRedWith(gridwireFlow(host, port, ['out'], LATER), folder);
}

/** The same with a check of each message before it goes out. */
export const gridwireChecked: ThroughSystem = (host, port) =>
  nodeRedWith([
    ...gridwireFlow(host, port, ['check']),
    {
      ...{ id: 'check', type: 'gridwire-validate', z: 'tab', x: 100, y: 100, source: 'schema' },
      ...{ schema: JSON.stringify(SCHEMA), wires: [['out'], []] },
    },
  ]);

/** The same among so many subscribe nodes, each with a filter of its own; the others get nothing. */
export function subscribersPath(nodes: number): ThroughSystem {
  return (host, port) => {
    const flow = gridwireFlow(host, port, ['out']);
    const [taker] = flow.filter(({ id }) => id === 'in');
    const others = Array.from({ length: nodes - 1 }, (_, index) => ({
      ...taker!,
      ...{ id: `other-${index}`, filter: `bench/other/${index}`, wires: [[], []] },
    }));
    return nodeRedWith([...flow, ...others]);
  };
}

function gridwireFlow(host: string, port: number, next: readonly string[], func = RENAME): FlowNode[] {
  return withPlaces([
    { id: 'tab', type: 'tab' },
    { id: 'broker', type: 'gridwire-broker', transport: 'mqtt', host, port: String(port) },
    {
      ...{ id: 'in', type: 'gridwire-subscribe', z: 'tab', broker: 'broker', contract: '', filter: IN },
      ...{ qos: '1', window: String(WINDOW), wires: [['rename'], []] },
    },
    { id: 'rename', type: 'function', z: 'tab', func, outputs: 1, wires: [[...next]] },
    {
      ...{ id: 'out', type: 'gridwire-publish', z: 'tab', broker: 'broker', contract: '', topic: '' },
      ...{ qos: '1', wires: [[]] },
    },
  ]);
}

/** mqtt in, a function, mqtt out: acknowledged before the flow. */
export const core: ThroughSystem = (broker, port) =>
  nodeRedWith(
    withPlaces([
      { id: 'tab', type: 'tab' },
      {
        ...{ id: 'broker', type: 'mqtt-broker', broker, port: String(port), protocolVersion: '4' },
        ...{ keepalive: '60', cleansession: true, autoConnect: true },
      },
      {
        ...{ id: 'in', type: 'mqtt in', z: 'tab', topic: IN, qos: '1', datatype: 'json' },
        ...{ broker: 'broker', inputs: 0, wires: [['rename']] },
      },
      { id: 'rename', type: 'function', z: 'tab', func: RENAME, outputs: 1, wires: [['out']] },
      { id: 'out', type: 'mqtt out', z: 'tab', broker: 'broker', topic: '', qos: '1', retain: '', wires: [] },
    ]),
  );

/**
 * Bento with the same steps: mqtt, a mapping, a check, mqtt; acknowledged when the broker has what came of it.
 * @throws ServiceUnavailable
 */
export function bentoChecked(): ThroughSystem {
  bentoProgram();
  return (host, port) => {
    const urls = [`tcp://${host}:${String(port)}`];
    return bentoWith({
      input: { mqtt: { urls, client_id: 'bento-in', topics: [IN], qos: 1 } },
      pipeline: {
        threads: 1,
        processors: [
          { mapping: `root = this\nmeta topic = "${OUT}"` },
          { json_schema: { schema: JSON.stringify(SCHEMA) } },
        ],
      },
      output: {
        mqtt: {
          ...{ urls, client_id: 'bento-out', topic: '${! metadata("topic") }', qos: 1 },
          max_in_flight: WINDOW,
        },
      },
    });
  };
}
