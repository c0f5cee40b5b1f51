import type { FlowNode } from '../../../support/node-red-runtime.js';
import { chain, fn, legacy, node, probe, wire, type Scenario } from './scenario.js';

const equals = (v: number) => ({ t: 'eq', v: String(v), vt: 'num' });
const payload = { property: 'payload', propertyType: 'msg', checkall: 'true', repair: false };
const messages = (count: number, of: (index: number) => unknown = (index) => index) =>
  Array.from({ length: count }, (_, index) => ({ payload: of(index) }));

function switchOf(settings: Record<string, unknown>): FlowNode {
  return node('switch', { ...payload, rules: [equals(1)], outputs: 1, ...settings });
}

function twoRules(): FlowNode[] {
  const select = switchOf({ rules: [equals(1), { t: 'else' }], outputs: 2 });
  const [left, right] = [probe(), probe()];
  wire(select, 0, left);
  wire(select, 1, right);
  return [select, left, right];
}

const switchRow = 'switch';
const burst = { send: messages(50, (index) => index % 2), before: 0, reached: 25 };
const jsonata = { property: '$sum([payload])', propertyType: 'jsonata' };

const switches: Scenario[] = [
  { name: 'a match', row: switchRow, nodes: chain(switchOf({}), probe()), expect: 'completed' },
  {
    name: 'no match',
    row: switchRow,
    nodes: chain(switchOf({ rules: [equals(9)] }), probe()),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'two outputs',
    row: switchRow,
    nodes: twoRules(),
    send: messages(4),
    expect: 'completed',
    before: 1,
    reached: 4,
  },
  { name: 'nothing wired', row: switchRow, nodes: [switchOf({})], expect: 'completed', reached: 0 },
  {
    name: 'a burst of fifty, half matching',
    row: switchRow,
    nodes: chain(switchOf({}), probe()),
    expect: 'completed',
    ...burst,
  },
  {
    name: 'a burst into a slow sink',
    row: switchRow,
    nodes: chain(switchOf({}), probe({ behaviour: 'later', delay: 40 })),
    expect: 'completed',
    ...burst,
  },
  {
    name: 'JSONata, a burst of twenty',
    row: switchRow,
    nodes: chain(switchOf(jsonata), probe()),
    send: messages(20, (index) => index % 2),
    expect: 'completed',
    before: 0,
    reached: 10,
  },
  {
    name: 'a rule that fails',
    row: switchRow,
    nodes: chain(switchOf({ rules: [{ t: 'regex', v: '(', vt: 'str' }] }), probe()),
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'the source twice into one switch',
    row: switchRow,
    nodes: chain(fn('node.send(msg); return {payload: 1};'), switchOf({}), probe()),
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'recreated sequence',
    row: 'switch, recreating sequences',
    nodes: chain(
      node('split'),
      switchOf({ repair: true, rules: [{ t: 'gte', v: '2', vt: 'num' }] }),
      probe(),
    ),
    send: [{ payload: [1, 2, 3] }],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'the last of a sequence',
    row: 'switch, recreating sequences',
    nodes: chain(node('split'), switchOf({ rules: [{ t: 'tail', v: '1', vt: 'num' }] }), probe()),
    send: [{ payload: [1, 2, 3] }],
    expect: 'completed',
    reached: 1,
  },
  {
    name: 'a sequence that never ends',
    row: 'switch, recreating sequences',
    nodes: chain(switchOf({ repair: true }), probe()),
    send: [{ payload: 1, parts: { id: 'a', index: 0, count: 2 } }],
    expect: 'timeout',
    reached: 0,
    options: { timeoutMs: 1_500 },
    openAt: 'switch',
  },
];

const filter = (settings: Record<string, unknown> = {}) =>
  node('rbe', { func: 'rbe', property: 'payload', topi: 'topic', ...settings });
const change = (...rules: Record<string, unknown>[]) => node('change', { rules });
const remove = (p: string) => ({ t: 'delete', p, pt: 'msg' });

const transforms: Scenario[] = [
  {
    name: 'lets the first through',
    row: 'filter (rbe)',
    nodes: chain(filter(), probe()),
    expect: 'completed',
  },
  {
    name: 'holds repeats back',
    row: 'filter (rbe)',
    nodes: chain(filter(), probe()),
    send: messages(3, () => 7),
    expect: 'completed',
    before: 0,
  },
  {
    name: 'deletes receipt and _msgid',
    row: 'change',
    nodes: chain(change(remove('receipt'), remove('_msgid')), probe()),
    expect: 'completed',
  },
  {
    name: 'sets the whole message aside and back',
    row: 'change',
    nodes: chain(change({ t: 'set', p: 'payload', pt: 'msg', to: 'payload', tot: 'msg' }), probe()),
    expect: 'completed',
  },
  {
    name: 'renders',
    row: 'template',
    nodes: chain(
      node('template', { field: 'payload', fieldType: 'msg', template: 'x {{payload}}', syntax: 'mustache' }),
      probe(),
    ),
    expect: 'completed',
  },
  {
    name: 'scales',
    row: 'range',
    nodes: chain(
      node('range', {
        minin: '0',
        maxin: '1',
        minout: '0',
        maxout: '9',
        action: 'scale',
        property: 'payload',
      }),
      probe(),
    ),
    expect: 'completed',
  },
  {
    name: 'parses',
    row: 'json, csv, xml, yaml, html',
    nodes: chain(node('json', { property: 'payload', action: '' }), probe()),
    send: [{ payload: '{"a":1}' }],
    expect: 'completed',
  },
  {
    name: 'refuses bad text',
    row: 'json, csv, xml, yaml, html',
    nodes: chain(node('json', { property: 'payload', action: '' }), probe()),
    send: [{ payload: '{' }],
    expect: 'failed',
    reached: 0,
  },
  {
    name: 'csv to objects',
    row: 'json, csv, xml, yaml, html',
    nodes: chain(
      node('csv', {
        sep: ',',
        hdrin: '',
        hdrout: 'none',
        multi: 'one',
        ret: '\\n',
        temp: 'a,b',
        skip: '0',
        strings: true,
      }),
      probe(),
    ),
    send: [{ payload: '1,2\n3,4' }],
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'yaml',
    row: 'json, csv, xml, yaml, html',
    nodes: chain(node('yaml', { property: 'payload' }), probe()),
    send: [{ payload: 'a: 1' }],
    expect: 'completed',
  },
  {
    name: 'xml',
    row: 'json, csv, xml, yaml, html',
    nodes: chain(node('xml', { property: 'payload' }), probe()),
    send: [{ payload: '<a>1</a>' }],
    expect: 'completed',
  },
  {
    name: 'in the middle',
    row: 'debug, comment, junction',
    nodes: chain(node('junction'), probe()),
    expect: 'completed',
  },
  {
    name: 'a debug node at the end',
    row: 'debug, comment, junction',
    nodes: chain(node('debug', { active: true, complete: 'true', console: 'false', tosidebar: false })),
    expect: 'completed',
    reached: 0,
  },
];

const later = 'legacy nodes (a handler with one argument)';
const legacies: Scenario[] = [
  {
    name: 'sends at once',
    row: later,
    nodes: chain(legacy('sync'), probe()),
    expect: 'completed',
    reached: 2,
  },
  { name: 'throws', row: later, nodes: [legacy('throw')], expect: 'failed' },
  {
    name: 'sends within a second',
    row: later,
    nodes: chain(legacy('later', { delay: 50 }), probe()),
    expect: 'completed',
    reached: 2,
  },
  {
    name: 'sends a new object',
    row: later,
    nodes: chain(legacy('new'), probe()),
    expect: 'completed',
    reached: 2,
  },
  { name: 'a sink', row: later, nodes: [legacy('never')], expect: 'completed' },
  {
    name: 'sends after more than a second',
    row: 'legacy nodes, sending more than a second later',
    nodes: chain(legacy('later', { delay: 3_000 }), probe()),
    expect: 'completed',
    reached: 1,
    late: true,
  },
];

export const routing: Scenario[] = [...switches, ...transforms, ...legacies];
