import assert from 'node:assert/strict';
import { spanContextOf, traceParentIn, traceParentOf } from '../../../../src/observe/traces/trace-parent.js';

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
});
