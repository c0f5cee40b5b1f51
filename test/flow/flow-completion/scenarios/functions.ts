import { chain, fn, probe, wire, type Scenario } from './scenario.js';

const row = 'function';

function fanOut(): Scenario {
  const first = fn('return [[msg, {payload: 2}], {payload: 3}];', { outputs: 2 });
  const [left, right] = [probe(), probe()];
  wire(first, 0, left);
  wire(first, 1, right);
  return {
    name: 'several messages on several outputs',
    row,
    nodes: [first, left, right],
    expect: 'completed',
    reached: 3,
  };
}

function branches(): Scenario {
  const first = fn('return msg;');
  const slow = probe({ behaviour: 'later', delay: 60 });
  const [quick, end] = [probe(), probe()];
  wire(first, 0, quick, slow);
  wire(slow, 0, end);
  return {
    name: 'a fast and a slow branch: the slow one decides',
    row,
    nodes: [first, quick, slow, end],
    expect: 'completed',
    reached: 3,
  };
}

/** A function, then a probe that must be reached before the settlement. */
const simple = (name: string, func: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  row,
  nodes: chain(fn(func), probe()),
  expect: 'completed',
  ...more,
});

const timerRow = 'function, with timers';

export const functions: Scenario[] = [
  fanOut(),
  branches(),
  simple('returns the message', 'return msg;'),
  simple('returns a new object', 'return {payload: 1};'),
  simple('returns nothing', 'return null;', { reached: 0 }),
  simple('throws', 'throw new Error("no");', { expect: 'failed', reached: 0 }),
  simple('throws a string', 'throw "no";', { expect: 'failed', reached: 0 }),
  simple('async with await', 'await new Promise(r => setTimeout(r, 5)); return msg;'),
  simple('async that rejects', 'await null; throw new Error("no");', { expect: 'failed', reached: 0 }),
  simple('node.send several times', 'node.send({payload: 1}); node.send(msg); return;', { reached: 2 }),
  simple('the same object sent twice', 'node.send([[msg, msg]], false); return;', { reached: 2 }),
  simple('deletes every property', 'for (const k of Object.keys(msg)) delete msg[k]; return msg;'),
  simple('a message rebuilt from JSON', 'return JSON.parse(JSON.stringify(msg));'),
  simple('a spread copy', 'return {...msg, payload: 2};'),
  simple('node.done called by the code', 'setTimeout(() => { node.send(msg); node.done(); }, 30); return;'),
  simple('node.done, then nothing more', 'node.done(); return;', { reached: 0 }),
  simple('node.error with the message, then on', 'node.error("bad", msg); return msg;', { expect: 'failed' }),
  simple('node.warn is no error', 'node.warn("hm"); return msg;'),
  simple('fifty at once', 'return {payload: msg.payload};', {
    send: Array.from({ length: 50 }, (_, payload) => ({ payload })),
    reached: 50,
    before: 1,
  }),
  simple('one of three throws', 'if (msg.payload === 2) throw new Error("two"); return msg;', {
    send: [{ payload: 1 }, { payload: 2 }, { payload: 3 }],
    expect: ['failed', 'completed', 'completed'],
    reached: 2,
    before: 0,
  }),
  {
    name: 'three in a row, each returning a new object',
    row,
    nodes: chain(fn('return {payload: 1};'), fn('return {payload: 2};'), fn('return {payload: 3};'), probe()),
    expect: 'completed',
  },
  simple('sends from a timer', 'setTimeout(() => node.send(msg), 50);', { row: timerRow }),
  simple('sends a new object from a timer', 'setTimeout(() => node.send({payload: 2}), 50);', {
    row: timerRow,
  }),
  simple('a timer within a timer', 'setTimeout(() => setTimeout(() => node.send(msg), 30), 30);', {
    row: timerRow,
  }),
  simple('a timer started after an await', 'await null; setTimeout(() => node.send(msg), 40);', {
    row: timerRow,
  }),
  simple(
    'timers after an await, interleaved',
    'await new Promise(r => setTimeout(r, 5)); setTimeout(() => node.send(msg), msg.payload * 20);',
    { row: timerRow, send: [{ payload: 3 }, { payload: 1 }, { payload: 2 }], reached: 3, before: 1 },
  ),
  simple('a timer that is cleared', 'const t = setTimeout(() => node.send(msg), 9000); clearTimeout(t);', {
    row: timerRow,
    reached: 0,
  }),
  simple('throws in a timer', 'setTimeout(() => { throw new Error("late"); }, 20);', {
    row: timerRow,
    expect: 'failed',
    reached: 0,
  }),
  simple(
    'setInterval sends',
    'let n = 0; const t = setInterval(() => { if (++n > 2) clearInterval(t); node.send({payload: n}); }, 20);',
    {
      row: 'function, with setInterval',
      reached: 0,
      late: true,
    },
  ),
  simple(
    'keeps the message in context and a timer of its own sends it',
    'context.set("kept", msg); setTimeout(() => node.send(context.get("kept")), 40);',
    { row: timerRow },
  ),
  simple(
    'keeps the message in context, a later message sends it',
    'const kept = context.get("kept"); context.set("kept", msg); if (kept) return kept; ',
    {
      row: 'function, storing messages for later',
      // The second message is sent as the first, which was settled: a flow for explicit settlement.
      send: [{ payload: 1 }, { payload: 2, after: 2_000 }],
      before: 0,
      reached: 0,
      late: true,
    },
  ),
];
