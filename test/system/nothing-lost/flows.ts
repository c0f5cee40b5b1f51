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

/** A flow in which messages spend their time in many places: what comes on `in/…` leaves on `…`. */
export function longWay(port: number, variant: Variant): FlowNode[] {
  const qos = String(variant.qos);
  const flow: FlowNode[] = [
    {
      ...{ id: 'in', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'in/#', qos },
      ...{ store: 'store', settlement: 'completion', window: '50' },
      wires: [['wait'], []],
    },
    code('wait', 'setTimeout(() => node.send(msg), Math.random() * 5);', ['delay']),
    {
      ...{ id: 'delay', type: 'delay', pauseType: 'random', randomFirst: '1', randomLast: '10' },
      ...{ randomUnits: 'milliseconds', timeout: '5', timeoutUnits: 'milliseconds' },
      wires: [['switch']],
    },
    {
      ...{ id: 'switch', type: 'switch', property: 'payload.kind', propertyType: 'msg', outputs: 2 },
      rules: [{ t: 'eq', v: 'project_created', vt: 'str' }, { t: 'else' }],
      wires: [['await'], ['await']],
    },
    code(
      'await',
      "await new Promise((resolve) => setTimeout(resolve, 1)); msg.topic = msg.topic.slice('in/'.length); return msg;",
      ['out'],
    ),
    {
      ...{ id: 'out', type: 'gridwire-publish', broker: 'broker', contract: '', topic: '', qos: '1' },
      ...{ store: 'store', wires: [[]] },
    },
  ];
  return [...common(port, 'long-way', variant), ...flow.map(placed)];
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
    {
      ...{ id: 'out', type: 'gridwire-publish', broker: 'broker', contract: '', topic: '', qos: '1' },
      ...{ store: 'store', wires: [[]] },
    },
  ];
  return [...common(port, 'once', { version: 5 }), ...flow.map(placed)];
}
