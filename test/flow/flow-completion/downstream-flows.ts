import type { FindingKind } from '../../../nodes/flow-completion/index.js';
import type { FlowNode } from '../../support/node-red-runtime.js';
import { chain, fn, legacy, node, probe } from './scenarios/scenario.js';

export const LIMITS = { window: 20, timeoutMs: 30_000 };

/** A flow, and what is to be said about it: the kind of each finding with the type of its node. */
export interface DownstreamFlow {
  name: string;
  nodes: FlowNode[];
  expect: [kind: FindingKind, type: string][];
}

const batch = (settings: Record<string, unknown>) =>
  node('batch', { mode: 'count', overlap: '0', ...settings });
const join = (settings: Record<string, unknown>) =>
  node('join', { mode: 'custom', build: 'array', property: 'payload', propertyType: 'msg', ...settings });
const delay = (timeout: string, timeoutUnits: string) =>
  node('delay', { pauseType: 'delay', timeout, timeoutUnits });
const rate = (perMinute: string) =>
  node('delay', { pauseType: 'rate', rate: perMinute, nbRateUnits: '1', rateUnits: 'minute' });
const trigger = (duration: string, settings = {}) =>
  node('trigger', { duration, units: 's', op1type: 'nul', op2type: 'pay', bytopic: 'all', ...settings });

function overLink(): FlowNode[] {
  const receiver = node('link in', { links: [] });
  const sender = node('link out', { mode: 'link', links: [receiver.id], wires: [] });
  return [sender, ...chain(receiver, batch({ count: '100' }))];
}

function inSubflow(): FlowNode[] {
  const inner = batch({ count: '100' });
  const definition: FlowNode = {
    id: 'analysed-subflow',
    type: 'subflow',
    name: 'inner',
    in: [{ wires: [{ id: inner.id }] }],
    out: [{ wires: [{ id: inner.id, port: 0 }] }],
  };
  inner.z = definition.id;
  return [...chain(node('subflow:analysed-subflow'), delay('1', 'minutes')), definition, inner];
}

function loop(): FlowNode[] {
  const first = fn('return msg;');
  first.wires = [[first.id]];
  return [first];
}

export const downstreamFlows: DownstreamFlow[] = [
  {
    name: 'functions and switches',
    nodes: chain(fn('return msg;'), node('switch', { property: 'payload', rules: [] }), probe()),
    expect: [],
  },
  {
    name: 'a batch of 100 behind a window of 20',
    nodes: chain(batch({ count: '100' }), probe()),
    expect: [['window-never-fills', 'batch']],
  },
  {
    name: 'a batch of 100 behind a split',
    nodes: chain(node('split'), batch({ count: '100' })),
    expect: [['holds-messages', 'batch']],
  },
  { name: 'a batch of 10', nodes: [batch({ count: '10' })], expect: [['holds-messages', 'batch']] },
  {
    name: 'a batch of 100 in another flow, over a link',
    nodes: overLink(),
    expect: [['window-never-fills', 'batch']],
  },
  {
    name: 'a batch of 100 within a subflow, then a delay',
    nodes: inSubflow(),
    expect: [
      ['window-never-fills', 'batch'],
      ['outlasts-timeout', 'delay'],
    ],
  },
  {
    name: 'overlapping batches',
    nodes: [batch({ count: '10', overlap: '2' })],
    expect: [['may-never-complete', 'batch']],
  },
  {
    name: 'a batch every minute',
    nodes: [batch({ mode: 'interval', interval: '60' })],
    expect: [['outlasts-timeout', 'batch']],
  },
  { name: 'a join of 50', nodes: [join({ count: '50' })], expect: [['window-never-fills', 'join']] },
  {
    name: 'a join without count and timeout',
    nodes: [join({ count: '', timeout: '' })],
    expect: [['may-never-complete', 'join']],
  },
  {
    name: 'a join of 50 with a timeout of 5 s',
    nodes: [join({ count: '50', timeout: '5' })],
    expect: [['holds-messages', 'join']],
  },
  { name: 'a delay of two seconds', nodes: [delay('2', 'seconds')], expect: [['holds-messages', 'delay']] },
  {
    name: 'a rate at which a full window takes longer than the timeout',
    nodes: [rate('10')],
    expect: [['outlasts-timeout', 'delay']],
  },
  { name: 'a trigger that resends', nodes: [trigger('-1')], expect: [['sends-later', 'trigger']] },
  { name: 'a trigger of 10 s', nodes: [trigger('10')], expect: [['holds-messages', 'trigger']] },
  {
    name: 'a request over TCP',
    nodes: [node('tcp request', { server: '127.0.0.1', port: '9', out: 'time', splitc: '0' })],
    expect: [['sends-later', 'tcp request']],
  },
  {
    name: 'a function with a timer, one with an interval',
    nodes: chain(fn('setTimeout(() => node.send(msg), 5);'), fn('setInterval(() => node.send(msg), 5);')),
    expect: [
      ['holds-messages', 'function'],
      ['sends-later', 'function'],
    ],
  },
  {
    name: 'a node that does not report completion',
    nodes: [legacy('sync')],
    expect: [['no-completion', 'test legacy']],
  },
  { name: 'a loop', nodes: loop(), expect: [] },
];
