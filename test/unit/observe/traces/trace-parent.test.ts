import assert from 'node:assert/strict';
import {
  spanContextOf,
  traceParentIn,
  traceParentOf,
  withTrace,
} from '../../../../src/observe/traces/trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('is read and written by W3C Trace Context', () => {
    const context = spanContextOf({ traceparent: `00-${TRACE}-${SPAN}-01` });
    assert.deepEqual(context, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
    assert.deepEqual(traceParentOf(context), { traceparent: `00-${TRACE}-${SPAN}-01` });
  });

  it('of a later version counts as far as it is known', () => {
    assert.equal(spanContextOf({ traceparent: `01-${TRACE}-${SPAN}-01-more` })?.traceId, TRACE);
  });

  for (const bad of [
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    '',
  ])
    it(`is none: ${bad.slice(0, 40)}`, () => {
      assert.equal(spanContextOf({ traceparent: bad }), undefined);
      assert.equal(traceParentIn({ traceparent: bad }), undefined);
    });

  it("is found in headers, with the prefix of Kafka's CloudEvents too, and not in bytes", () => {
    const traceparent = `00-${TRACE}-${SPAN}-01`;
    assert.deepEqual(traceParentIn({ traceparent, tracestate: 'a=1' }), { traceparent, tracestate: 'a=1' });
    assert.deepEqual(traceParentIn({ ce_traceparent: traceparent }), { traceparent });
    assert.equal(traceParentIn({ traceparent: Buffer.from(traceparent) }), undefined);
    assert.equal(traceParentIn({}), undefined);
  });

  it('carries of a state that is too long whole entries only', () => {
    const state = (text: string): string => {
      let given = '';
      spanContextOf({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: text }, (carried) => {
        given = carried;
        return undefined as never;
      });
      return given;
    };
    const entries = Array.from({ length: 500 }, (_, index) => `k${index}=${'v'.repeat(15)}`);
    const carried = state(entries.join(',')).split(',');
    assert.ok(carried.length > 20 && carried.join(',').length <= 512);
    assert.deepEqual(carried, entries.slice(0, carried.length));
    assert.equal(state('a=b'), 'a=b');
    assert.equal(state(`k=${'v'.repeat(600)}`), '');
  });

  const traceparent = `00-${TRACE}-${SPAN}-01`;
  for (const tracestate of [
    'a=1',
    'a=1,b=2',
    ' a=1 ,\tb=2, ,',
    'tenant@system=x y/z',
    `${'k'.repeat(256)}=${'v'.repeat(256)}`,
    Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','),
    Array.from({ length: 32 }, (_, index) => `${`k${index}`.padEnd(256, 'k')}=${'v'.repeat(256)}`).join(','),
  ])
    it(`goes on with a state: ${tracestate.slice(0, 40)}`, () => {
      assert.deepEqual(traceParentIn({ traceparent, tracestate }), { traceparent, tracestate });
      assert.deepEqual(withTrace({ traceparent, tracestate, other: '1' }), {
        ...{ traceparent, tracestate },
        other: '1',
      });
    });

  for (const tracestate of [
    '',
    ',',
    'a',
    'a=',
    '=1',
    'A=1',
    'a=1,a=2',
    'a=1=2',
    'a=\u00e9',
    'a=1\u00a0',
    'a=\n',
    'a b=1',
    '@x=1',
    'a@1=1',
    `${'k'.repeat(257)}=1`,
    `k=${'v'.repeat(257)}`,
    Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(','),
    // Nobody reads a megabyte of commas for one entry among them.
    `a=1${','.repeat(1_000_000)}`,
    Buffer.from([0xff]),
    null,
    ['a=1', 'a=2'],
  ])
    it(`goes on without a state that is none: ${JSON.stringify(tracestate).slice(0, 40)}`, () => {
      assert.deepEqual(traceParentIn({ traceparent, tracestate }), { traceparent });
      assert.deepEqual(withTrace({ traceparent, tracestate, other: '1' }), { traceparent, other: '1' });
      const kafka = { ce_traceparent: traceparent, ce_tracestate: tracestate };
      assert.deepEqual(withTrace(kafka), { ce_traceparent: traceparent });
    });

  it('takes its state with it where it is none, given twice or not given', () => {
    for (const bad of [{ traceparent: 'x' }, { traceparent: [traceparent, traceparent] }, {}]) {
      assert.deepEqual(withTrace({ ...bad, tracestate: 'a=1', other: '1' }), { other: '1' });
    }
    assert.deepEqual(withTrace({ ce_traceparent: Buffer.from([1]), ce_tracestate: 'a=1' }), {});
    assert.deepEqual(traceParentIn({ traceparent, tracestate: ['a=1', 'b=2'] }), {
      ...{ traceparent, tracestate: 'a=1,b=2' },
    });
  });

  it('of the step that sends a message takes the place of what came with it, its state too', () => {
    const step = { traceparent: `00-${TRACE}-${'1'.repeat(16)}-01` };
    const came = { traceparent, tracestate: 'a=1', other: '1' };
    assert.deepEqual(withTrace(came, step), { other: '1', ...step });
    assert.deepEqual(withTrace({ other: '1' }, step), { other: '1', ...step });
  });
});
