import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';

export interface Variant {
  version: 4 | 5;
  qos: 1 | 2;
}

const placed = (node: FlowNode): FlowNode => ({ z: 'tab', x: 1, y: 1, ...node });
const code = (id: string, func: string, to: string[]): FlowNode => ({
  ...{ id, type: 'function', outputs: 1 },
  func,
  wires: [to],
});

/** What every flow of these tests shares: a tab, a session that the broker keeps, a store. */
export function common(port: number, clientId: string, { version }: Pick<Variant, 'version'>): FlowNode[] {
  const session = { protocolVersion: String(version), cleanSession: false, clientId };
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('broker', port, session),
    { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: 'gridwire/store.db' },
  ];
}

/** Most events in the hands of the long way at one time. */
export const WINDOW = 50;

/**
 * A flow in which messages spend their time in many places: a function's timer, a delay, a switch, a subflow, an async
 * function, and two branches. What comes on `in/…` leaves on `…` by one branch and on `branch/…` by the other.
 */
export function longWay(port: number, variant: Variant): FlowNode[] {
  const qos = String(variant.qos);
  const flow: FlowNode[] = [
    {
      ...{ id: 'in', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'in/#', qos },
      ...{ store: 'store', settlement: 'completion', window: String(WINDOW) },
      wires: [['wait'], []],
    },
    // Now and then one takes so long that others wait for it, and the store keeps it meanwhile.
    code('wait', 'setTimeout(() => node.send(msg), Math.random() < 0.02 ? 1000 : Math.random() * 5);', [
      'delay',
    ]),
    {
      ...{ id: 'delay', type: 'delay', pauseType: 'random', randomFirst: '1', randomLast: '10' },
      ...{ randomUnits: 'milliseconds', timeout: '5', timeoutUnits: 'milliseconds' },
      wires: [['switch']],
    },
    {
      ...{ id: 'switch', type: 'switch', property: 'payload.kind', propertyType: 'msg', outputs: 2 },
      rules: [{ t: 'eq', v: 'project_created', vt: 'str' }, { t: 'else' }],
      wires: [['inside'], ['inside']],
    },
    { id: 'inside', type: 'subflow:sub', wires: [['await', 'branch']] },
    code('await', `${PAUSE} msg.topic = msg.topic.slice('in/'.length); return msg;`, ['out']),
    out('out'),
    // The other branch is the slower one as often as not.
    code('branch', `${PAUSE} ${PAUSE} msg.topic = msg.topic.replace('in/', 'branch/'); return msg;`, [
      'beside',
    ]),
    out('beside'),
  ];
  return [...common(port, 'long-way', variant), ...subflow(), ...flow.map(placed)];
}

const PAUSE = 'await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));';

/** A publish node that keeps its events in the store. */
function out(id: string): FlowNode {
  const settings = { type: 'gridwire-publish', broker: 'broker', contract: '', topic: '', qos: '1' };
  return { id, ...settings, store: 'store', wires: [[]] };
}

function subflow(): FlowNode[] {
  const [first, last] = [
    code('sub-first', `${PAUSE} return msg;`, ['sub-last']),
    code('sub-last', 'return msg;', []),
  ];
  const ends = { in: [{ x: 1, y: 1, wires: [{ id: 'sub-first' }] }] };
  const outs = { out: [{ x: 1, y: 1, wires: [{ id: 'sub-last', port: 0 }] }] };
  return [
    { id: 'sub', type: 'subflow', name: 'inside', ...ends, ...outs },
    { ...first, z: 'sub', x: 1, y: 1 },
    { ...last, z: 'sub', x: 1, y: 1 },
  ];
}

/** Drops repetitions of TaylorDash events by their idempotency key: from their own topic to `once/<key>`. */
export function once(port: number): FlowNode[] {
  const flow: FlowNode[] = [
    {
      ...{ id: 'in', type: 'gridwire-subscribe', broker: 'broker', contract: 'taylordash', qos: '1' },
      ...{ eventType: 'project-created', store: 'store', removeDuplicates: true },
      wires: [['name'], []],
    },
    code('name', "msg.topic = 'once/' + msg.event.envelope.idempotency_key; return msg;", ['out']),
    out('out'),
  ];
  return [...common(port, 'once', { version: 5 }), ...flow.map(placed)];
}
