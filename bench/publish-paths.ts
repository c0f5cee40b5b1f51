import type { FlowNode } from '../test/support/node-red-admin.js';
import { brokerUrl, type PathUnderTest } from './closed-loop.js';

/** JavaScript of telemetry event `n` of the EcoGrid contract; all sides get the same one. */
export const EVENT = `{
    deviceId: n % 1000,
    serialNumber: 'INV-' + (n % 1000),
    siteId: 1,
    deviceType: 'SOLAR_INVERTER',
    telemetryData: { powerKw: 45.2, voltage: 480.5, current: 94.3, temperature: 35.2, efficiency: 98.5 },
    timestamp: new Date().toISOString(),
    eventType: 'DEVICE_TELEMETRY',
  }`;
export const TOPIC = 'device-telemetry';

const SHARED = { message: `return { payload: ${EVENT} };`, filter: `${TOPIC}/#` };

/** gridwire-publish: validates against the contract, builds topic and body, keeps its outbox, publishes. */
export function publishPath(settings: Readonly<Record<string, unknown>> = {}): PathUnderTest {
  const { hostname, port } = new URL(brokerUrl());
  const nodes: FlowNode[] = [
    { id: 'broker', type: 'gridwire-broker', transport: 'mqtt', host: hostname, port },
    {
      id: 'publish',
      type: 'gridwire-publish',
      z: 'bench',
      broker: 'broker',
      contract: 'ecogrid-ems',
      eventType: 'device-telemetry',
      parameters: [],
      ...settings,
      wires: [[]],
    },
  ];
  return { ...SHARED, nodes, path: 'publish', last: 'publish' };
}

/** The same with lists of events, which the node takes apart. */
export function listPath(events: number): PathUnderTest {
  const message = `
  const event = (n) => (${EVENT});
  return { payload: Array.from({ length: ${events} }, (_, index) => event(n * ${events} + index)) };`;
  return { ...publishPath({ eachElement: true }), message, events };
}

/** The core nodes' way: a function builds topic and document, json writes it, mqtt out sends it. Nothing is checked. */
export function corePath(): PathUnderTest {
  const { hostname, port } = new URL(brokerUrl());
  const nodes: FlowNode[] = [
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: hostname,
      port,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      autoConnect: true,
    },
    {
      id: 'envelope',
      type: 'function',
      z: 'bench',
      func: `msg.topic = '${TOPIC}'; return msg;`,
      outputs: 1,
      wires: [['json']],
    },
    { id: 'json', type: 'json', z: 'bench', property: 'payload', action: 'str', wires: [['out']] },
    { id: 'out', type: 'mqtt out', z: 'bench', broker: 'broker', topic: '', qos: '1', retain: '', wires: [] },
  ];
  return { ...SHARED, nodes, path: 'envelope', last: 'out' };
}
