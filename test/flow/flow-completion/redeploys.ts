import type { CompletionOutcome } from '../../../nodes/flow-completion/index.js';
import type { FlowNode } from '../../support/node-red-runtime.js';
import { chain, fn, node, probe } from './scenarios/scenario.js';

/** A message is held in a flow while the flow is deployed again. */
export interface Redeploy {
  name: string;
  nodes: FlowNode[];
  /** How many messages are sent first; default 1. */
  send?: number;
  /** How many probes must have been reached before the deploy; default 0. */
  reached?: number;
  type: 'nodes' | 'flows' | 'full';
  /** What the deploy changes; it may return fewer nodes. */
  change(nodes: FlowNode[]): FlowNode[];
  /** How the messages end; empty where the source closes and nothing may be settled. */
  expect: CompletionOutcome[];
}

/** The same nodes with another name for the one at `index`, so that it is stopped and started. */
const rename =
  (index: number) =>
  (nodes: FlowNode[]): FlowNode[] =>
    nodes.map((each, position) => (position === index ? { ...each, name: 'changed' } : each));
const remove =
  (index: number) =>
  (nodes: FlowNode[]): FlowNode[] =>
    nodes.filter((_, position) => position !== index);

const waiting = () => probe({ behaviour: 'never' });
const delay = (timeout: string) => node('delay', { pauseType: 'delay', timeout, timeoutUnits: 'seconds' });
const rate = () => node('delay', { pauseType: 'rate', rate: '1', nbRateUnits: '1', rateUnits: 'minute' });

export const redeploys: Redeploy[] = [
  {
    name: 'a changed node that holds the message',
    nodes: [waiting()],
    reached: 1,
    type: 'nodes',
    change: rename(0),
    expect: ['aborted'],
  },
  {
    name: 'a removed node that holds the message',
    nodes: [waiting()],
    reached: 1,
    type: 'nodes',
    change: remove(0),
    expect: ['aborted'],
  },
  {
    name: 'a function with a running timer',
    nodes: chain(fn('setTimeout(() => node.send(msg), 60000);'), probe()),
    type: 'nodes',
    change: rename(0),
    expect: ['aborted'],
  },
  {
    name: 'an async function that never returns',
    nodes: chain(fn('await new Promise(() => {}); return msg;'), probe()),
    type: 'nodes',
    change: rename(0),
    expect: ['aborted'],
  },
  {
    name: 'a delay, which reports what it holds as done',
    nodes: chain(delay('60'), probe()),
    type: 'nodes',
    change: rename(0),
    expect: ['aborted'],
  },
  {
    name: 'a rate limit with a queue',
    nodes: chain(rate(), probe()),
    send: 3,
    reached: 1,
    type: 'nodes',
    change: rename(0),
    expect: ['completed', 'aborted', 'aborted'],
  },
  {
    name: 'a join that is not full',
    nodes: chain(
      node('join', { mode: 'custom', build: 'array', property: 'payload', propertyType: 'msg', count: '9' }),
      probe(),
    ),
    send: 2,
    type: 'nodes',
    change: rename(0),
    expect: ['aborted', 'aborted'],
  },
  {
    name: 'a batch that is not full',
    nodes: chain(node('batch', { mode: 'count', count: '9', overlap: '0' }), probe()),
    send: 2,
    type: 'nodes',
    change: rename(0),
    expect: ['aborted', 'aborted'],
  },
  {
    name: 'a trigger within its interval',
    nodes: chain(
      node('trigger', {
        op1type: 'nul',
        op2: '0',
        op2type: 'str',
        duration: '60',
        units: 's',
        bytopic: 'all',
      }),
      probe(),
    ),
    type: 'nodes',
    change: rename(0),
    expect: ['aborted'],
  },
  {
    name: 'the flow, by a deploy of modified flows: the source closes',
    nodes: [waiting()],
    reached: 1,
    type: 'flows',
    change: rename(0),
    expect: [],
  },
  {
    name: 'everything, by a full deploy: the source closes',
    nodes: [waiting()],
    reached: 1,
    type: 'full',
    change: (nodes) => nodes,
    expect: [],
  },
  {
    name: 'another node of the flow: the message goes on',
    nodes: [...chain(probe({ behaviour: 'later', delay: 400 }), probe()), probe()],
    reached: 1,
    type: 'nodes',
    change: rename(2),
    expect: ['completed'],
  },
];
