import type { FlowNode } from '../../../support/node-red-runtime.js';
import { catchAll, chain, fn, node, probe, wire, type Scenario } from './scenario.js';

const linkOut = (links: FlowNode[], mode = 'link') =>
  node('link out', { mode, links: links.map((each) => each.id), wires: [] });
const linkIn = (links: FlowNode[] = []) => node('link in', { links: links.map((each) => each.id) });
const linkCall = (target: string, settings: Record<string, unknown> = {}) =>
  node('link call', { links: [target], linkType: 'static', timeout: '5', ...settings });

const overLink = (after: FlowNode[]): FlowNode[] => {
  const receiver = linkIn();
  const sender = linkOut([receiver]);
  receiver['links'] = [sender.id];
  return [sender, ...chain(receiver, ...after)];
};
const called = (body: FlowNode, timeout = '5'): FlowNode[] => {
  const receiver = linkIn();
  return [
    ...chain(linkCall(receiver.id, { timeout }), probe()),
    ...chain(receiver, body, linkOut([], 'return')),
  ];
};

/** A subflow with these nodes inside, an instance of it, and what follows. */
function subflow(inside: FlowNode[], after: FlowNode[], around: FlowNode[] = []): FlowNode[] {
  const definition: FlowNode = {
    id: `sf-${inside[0]!.id}`,
    type: 'subflow',
    name: 'inner',
    in: [{ wires: [{ id: inside[0]!.id }] }],
    out: [{ wires: [{ id: inside.at(-1)!.id, port: 0 }] }],
  };
  for (const each of inside) each.z = definition.id;
  const instance = node(`subflow:${definition.id}`);
  return [...chain(instance, ...after), definition, ...inside, ...around];
}

const disabled = () => {
  const off = probe({ d: true });
  return [...chain(fn('return msg;'), off)];
};
const missing = () => {
  const first = fn('return msg;');
  first.wires = [['no-such-node']];
  return [first];
};
const looping = () => {
  const count = fn('msg.payload += 1; return msg.payload < 5 ? [msg, null] : [null, msg];', { outputs: 2 });
  const end = probe();
  wire(count, 0, count);
  wire(count, 1, end);
  return [count, end];
};

export const structure: Scenario[] = [
  { name: 'link out to link in', row: 'link in, link out', nodes: overLink([probe()]), expect: 'completed' },
  {
    name: 'link out to a slow flow',
    row: 'link in, link out',
    nodes: overLink([probe({ behaviour: 'later', delay: 50 }), probe()]),
    expect: 'completed',
    reached: 2,
  },
  { name: 'link call and return', row: 'link call', nodes: called(fn('return msg;')), expect: 'completed' },
  {
    name: 'link call to a slow flow',
    row: 'link call',
    nodes: called(probe({ behaviour: 'later', delay: 50 })),
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'link call that gets no answer',
    row: 'link call, timeout or bad target',
    nodes: called(fn('return null;'), '0.2'),
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'link call to nowhere',
    row: 'link call, timeout or bad target',
    nodes: chain(linkCall('', { linkType: 'dynamic' }), probe()),
    send: [{ payload: 1, target: 'nobody' }],
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'link call that gets no answer, caught',
    row: 'link call, timeout or bad target',
    nodes: [...called(fn('return null;'), '0.2'), ...chain(catchAll(), probe())],
    expect: 'completed',
  },
  {
    name: 'around a function',
    row: 'subflow',
    nodes: subflow([fn('return msg;')], [probe()]),
    expect: 'completed',
  },
  {
    name: 'around a delay',
    row: 'subflow',
    nodes: subflow(
      chain(
        fn('return {payload: 1};'),
        node('delay', { pauseType: 'delay', timeout: '40', timeoutUnits: 'milliseconds' }),
      ),
      [probe()],
    ),
    expect: 'completed',
  },
  {
    name: 'an error inside',
    row: 'subflow',
    nodes: subflow([fn('throw new Error("inside");')], [probe()]),
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'an error inside, caught outside',
    row: 'subflow',
    nodes: subflow([fn('throw new Error("inside");')], [probe()], chain(catchAll(), probe())),
    expect: 'completed',
  },
  {
    name: 'nothing inside sends',
    row: 'subflow',
    nodes: subflow([fn('return null;')], [probe()]),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'nothing wired',
    row: 'unwired, disabled and missing nodes',
    nodes: [probe()],
    wires: [],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'wired to a disabled node',
    row: 'unwired, disabled and missing nodes',
    nodes: disabled(),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'wired to a missing node',
    row: 'unwired, disabled and missing nodes',
    nodes: missing(),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'the source wired to a disabled node only',
    row: 'unwired, disabled and missing nodes',
    nodes: [probe({ d: true })],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'three wires from the source',
    row: 'fan-out and loops',
    nodes: [probe(), probe({ behaviour: 'later', delay: 40 }), fn('return null;')],
    wires: ['0', '1', '2'],
    expect: 'completed',
    reached: 2,
  },
  { name: 'a loop with an end', row: 'fan-out and loops', nodes: looping(), expect: 'completed' },
  {
    name: 'a hundred messages into three branches',
    row: 'fan-out and loops',
    nodes: [probe(), probe({ behaviour: 'later', delay: 5 }), fn('return null;')],
    wires: ['0', '1', '2'],
    send: Array.from({ length: 100 }, (_, payload) => ({ payload })),
    expect: 'completed',
    reached: 200,
    before: 2,
  },
];
