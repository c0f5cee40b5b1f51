import { catchAll, chain, fn, legacy, node, probe, wire, type Scenario } from './scenario.js';

const failing = () => fn('throw new Error("no");');
const nack = { caughtIs: 'nack' as const };
const short = { timeoutMs: 1_500 };
const outOfScope = () => {
  const bystander = probe();
  return [...chain(failing()), bystander, ...chain(catchAll({ scope: [bystander.id] }), probe())];
};
const groupCatch = () => {
  const inner = probe({ behaviour: 'throw' });
  return [inner, ...chain(catchAll({ scope: [inner.id] }), probe())];
};
const completeOf = (behaviour?: string) => {
  const watched = probe(behaviour === undefined ? {} : { behaviour });
  return [
    watched,
    ...chain(
      node('complete', { scope: [watched.id], uncaught: false }),
      probe({ behaviour: 'later', delay: 40 }),
      probe(),
    ),
  ];
};
const failingBranch = () => {
  const first = failing();
  return [first, ...chain(catchAll({ scope: [first.id] }), failing())];
};
const selfCatching = () => {
  const taken = catchAll();
  const again = probe({ behaviour: 'error' });
  wire(taken, 0, again);
  return [failing(), taken, again];
};

export const errors: Scenario[] = [
  {
    name: 'done with an error',
    row: 'errors nobody catches',
    nodes: [probe({ behaviour: 'error' })],
    expect: 'failed',
    errors: ['probe failed'],
  },
  {
    name: 'a synchronous throw',
    row: 'errors nobody catches',
    nodes: [probe({ behaviour: 'throw' })],
    expect: 'failed',
    errors: ['probe threw'],
  },
  {
    name: 'node.error, then done without error',
    row: 'errors nobody catches',
    nodes: [probe({ behaviour: 'error-then-done' })],
    expect: 'failed',
    errors: ['probe reported'],
  },
  {
    name: 'an error in one of two branches',
    row: 'errors nobody catches',
    nodes: [probe(), probe({ behaviour: 'error' })],
    wires: ['0', '1'],
    expect: 'failed',
    reached: 2,
  },
  { name: 'caught', row: 'catch', nodes: [failing(), ...chain(catchAll(), probe())], expect: 'completed' },
  {
    name: 'caught, the branch takes its time',
    row: 'catch',
    nodes: [failing(), ...chain(catchAll(), probe({ behaviour: 'later', delay: 60 }), probe())],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'caught, counted as failure by choice',
    row: 'catch',
    nodes: [failing(), ...chain(catchAll(), probe())],
    expect: 'failed',
    options: nack,
  },
  { name: 'a synchronous throw, caught', row: 'catch', nodes: groupCatch(), expect: 'completed', reached: 2 },
  {
    name: 'a legacy node throws, caught',
    row: 'catch',
    nodes: [legacy('throw'), ...chain(catchAll(), probe())],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'node.error without done(error), caught',
    row: 'catch',
    nodes: [probe({ behaviour: 'error-then-done' }), ...chain(catchAll(), probe())],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'the same, counted as failure by choice',
    row: 'catch',
    nodes: [probe({ behaviour: 'error-then-done' }), ...chain(catchAll(), probe())],
    expect: 'failed',
    reached: 2,
    options: nack,
  },
  {
    name: 'an error in a timer, caught',
    row: 'catch',
    nodes: [fn('setTimeout(() => { throw new Error("late"); }, 20);'), ...chain(catchAll(), probe())],
    expect: 'completed',
  },
  {
    name: 'a catch node for another node',
    row: 'catch, of another scope',
    nodes: outOfScope(),
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'the catch branch fails',
    row: 'catch, whose branch fails',
    nodes: failingBranch(),
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'a catch-all that catches its own branch',
    row: 'catch, whose branch fails',
    // Node-RED cuts the loop at ten. It does not where a function node fails in such a branch: that loops for ever.
    nodes: selfCatching(),
    expect: 'failed',
    reached: 10,
  },
  {
    name: 'two catch nodes',
    row: 'catch',
    nodes: [failing(), ...chain(catchAll(), probe()), ...chain(catchAll(), probe())],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'an uncaught-only catch node',
    row: 'catch',
    nodes: [failing(), ...chain(catchAll({ uncaught: true }), probe())],
    expect: 'completed',
  },
  {
    name: 'the branch of a complete node',
    row: 'complete',
    nodes: completeOf(),
    expect: 'completed',
    reached: 3,
  },
  {
    name: 'a failing node has no complete branch',
    row: 'complete',
    nodes: completeOf('error'),
    expect: 'failed',
  },
  {
    name: 'a status node behind the flow',
    row: 'status',
    nodes: [fn('node.status({text: "x"}); return null;'), ...chain(node('status', { scope: null }), probe())],
    expect: 'completed',
  },
  {
    name: 'never says it is done',
    row: 'nodes that never call done',
    nodes: [probe({ behaviour: 'never' })],
    expect: 'timeout',
    options: short,
    openAt: 'test probe',
  },
  {
    name: 'done first, sent later',
    row: 'nodes that call done and send later',
    nodes: chain(probe({ behaviour: 'done-then-send', delay: 2_000 }), probe()),
    expect: 'completed',
    reached: 1,
    late: true,
  },
];
