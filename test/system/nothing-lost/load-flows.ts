import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import type { Variant } from './flows.js';

export interface Load extends Variant {
  /** Messages per second. */
  rate: number;
  /** Events that the publish node keeps at most while it waits for the broker. */
  outboxCount: number;
  /** Whether outbox, retries and settlement use a store. */
  store: boolean;
}

/** Numbered messages out by one node and in by another, and the books about each: accepted, refused, arrived. */
export function loadFlow(port: number, load: Load): FlowNode[] {
  const { version, rate, outboxCount } = load;
  const qos = String(load.qos);
  const session = { protocolVersion: String(version), cleanSession: false, clientId: 'load', keepalive: '2' };
  const kept = load.store ? { store: 'store' } : {};
  const publish = { broker: 'broker', contract: '', topic: '', qos, outboxCount: String(outboxCount) };
  const subscribe = { broker: 'broker', contract: '', filter: 'load/#', qos, window: '200', ...kept };
  const nodes: FlowNode[] = [
    { id: 'source', type: 'load-source', rate, wires: [['out']] },
    { id: 'out', type: 'gridwire-publish', ...publish, ...kept, wires: [[]] },
    { id: 'done', type: 'complete', scope: ['out'], wires: [['accepted']] },
    { id: 'caught', type: 'catch', scope: ['out'], wires: [['refused']] },
    { id: 'in', type: 'gridwire-subscribe', ...subscribe, wires: [['work'], []] },
    { id: 'work', type: 'function', outputs: 1, func: 'return msg;', wires: [['arrived']] },
    ...['accepted', 'refused', 'arrived'].map((as) => ({ id: as, type: 'load-mark', as, wires: [] })),
  ];
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('broker', port, session),
    ...(load.store
      ? [{ id: 'store', type: 'gridwire-store', kind: 'sqlite', file: 'gridwire/store.db' }]
      : []),
    ...nodes.map((node) => ({ z: 'tab', x: 1, y: 1, ...node })),
  ];
}

/** The same with one function changed, so that a deploy has something to do. */
export function changed(flow: readonly FlowNode[], count: number): FlowNode[] {
  return flow.map((node) => (node.id === 'work' ? { ...node, func: `return msg; // ${count}` } : node));
}
