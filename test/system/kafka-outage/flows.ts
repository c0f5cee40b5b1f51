import type { FlowNode } from '../../support/node-red-admin.js';
import { printingNodes } from '../../support/status-flow.js';

export const WORK = { topic: 'work', numPartitions: 3 };
export const DONE = { topic: 'done', numPartitions: 3 };
export const HELD = { topic: 'held', numPartitions: 2 };
export const HELD_GROUP = 'holders';

const TAB = 'tab';
const placed = (node: FlowNode): FlowNode => ({ z: TAB, x: 1, y: 1, ...node });
const code = (id: string, func: string, to: string[]): FlowNode =>
  placed({ id, type: 'function', outputs: 1, func, wires: [to] });
const publish = (id: string, topic: string): FlowNode =>
  placed({
    ...{ id, type: 'gridwire-publish', broker: 'cluster', contract: '', topic, qos: '1' },
    ...{ outboxCount: '100000', wires: [[]] },
  });
const subscribe = (id: string, filter: string, to: string, more: Partial<FlowNode> = {}): FlowNode =>
  placed({
    ...{ id, type: 'gridwire-subscribe', broker: 'cluster', contract: '', filter, qos: '1' },
    ...{ startAt: 'earliest', settlement: 'completion', wires: [[to], []] },
    ...more,
  });

/**
 * Numbered messages out to Kafka, in and out again by a flow, and in: `out` -> work -> `in` -> `work` -> `forward` ->
 * done -> `back`, with the books about each.
 */
export function chain(brokers: string, rate: number): FlowNode[] {
  return [
    ...common(brokers),
    placed({ id: 'source', type: 'load-source', rate, wires: [['key']] }),
    code('key', 'msg.key = msg.topic; delete msg.topic; return msg;', ['out']),
    publish('out', WORK.topic),
    placed({ id: 'accept', type: 'complete', scope: ['out'], wires: [['accepted']] }),
    placed({ id: 'refuse', type: 'catch', scope: ['out'], wires: [['refused']] }),
    subscribe('in', WORK.topic, 'work'),
    code('work', 'delete msg.topic; return msg;', ['forward']),
    publish('forward', DONE.topic),
    subscribe('back', DONE.topic, 'arrived'),
    ...['accepted', 'refused', 'arrived'].map((as) => placed({ id: as, type: 'load-mark', as, wires: [] })),
  ];
}

/** A flow that keeps what it gets, and says so, until the inject node `release` is pressed. */
export function holding(brokers: string): FlowNode[] {
  const hold = `if (msg.release) {
      for (const finish of context.get('held') ?? []) finish();
      context.set('held', []);
      node.done();
      return;
    }
    context.set('held', [...(context.get('held') ?? []), () => node.done()]);
    node.warn('HELD ' + msg.payload);`;
  return [
    ...common(brokers),
    subscribe('in', HELD.topic, 'hold', { group: HELD_GROUP }),
    placed({
      ...{ id: 'release', type: 'inject', props: [{ p: 'release', v: 'true', vt: 'bool' }] },
      ...{ repeat: '', once: false, wires: [['hold']] },
    }),
    code('hold', hold, []),
  ];
}

function common(brokers: string): FlowNode[] {
  return [
    { id: TAB, type: 'tab', label: 'Kafka' },
    {
      ...{ id: 'cluster', type: 'gridwire-broker', transport: 'kafka', kafkaBrokers: brokers },
      ...{ clientId: 'flow', sessionTimeout: '6', reconnectMinimum: '1', reconnectMaximum: '1' },
    },
    ...printingNodes(TAB),
  ];
}

export const PLAIN = { topic: 'plain', numPartitions: 2 };

/** A flow that prints what it gets, on a broker without a client ID. */
export function printing(brokers: string): FlowNode[] {
  const broker = common(brokers).map(({ clientId: _, ...node }) => node);
  return [
    ...broker,
    subscribe('in', PLAIN.topic, 'print'),
    code('print', "node.warn('GOT ' + msg.payload); return msg;", []),
  ];
}
