import assert from 'node:assert/strict';
import { headersOf, keyOf, qosOf } from '../../../../nodes/publish/given-rules.js';
import { bodyOf, type GridwireMessage } from '../../../../nodes/runtime/messages.js';

const said = (members: object): GridwireMessage => ({ _msgid: 'x', ...members });

describe('what a message says of its sending', () => {
  it('has a QoS as a number or as text, and no other', () => {
    assert.equal(qosOf(said({ qos: '2' })), 2);
    assert.equal(qosOf(said({ qos: 0 })), 0);
    assert.equal(qosOf(said({})), undefined);
    for (const qos of [3, '1.0', true, {}])
      assert.throws(() => qosOf(said({ qos })), { code: 'SETTING_INVALID' });
  });

  it('has a key of text, bytes or a number', () => {
    assert.deepEqual(keyOf(said({ key: Buffer.from([0xff]) })), { key: Buffer.from([0xff]) });
    assert.deepEqual(keyOf(said({ key: 7 })), { key: '7' });
    assert.deepEqual(keyOf(said({ key: null })), {});
    for (const key of [{}, NaN, true])
      assert.throws(() => keyOf(said({ key })), { code: 'IDENTIFIER_ILLEGAL' });
  });

  it('has headers of text, numbers, truth values, bytes, nothing and lists; whatever else is refused', () => {
    const headers = { a: 1, b: true, c: ['x', 2, null], d: null, e: Uint8Array.of(1), f: undefined };
    assert.deepEqual(headersOf(said({ headers })), {
      ...{ a: '1', b: 'true', c: ['x', '2', null] },
      ...{ d: null, e: Uint8Array.of(1) },
    });
    for (const value of [{}, NaN, [[]], [{}], () => 1])
      assert.throws(() => headersOf(said({ headers: { value } })), { code: 'NOT_SUPPORTED' });
    for (const whole of ['a', [], 5])
      assert.throws(() => headersOf(said({ headers: whole })), { code: 'NOT_SUPPORTED' });
  });

  it('has no number that JSON would turn into null', () => {
    for (const payload of [NaN, { a: [1, Infinity] }, [-Infinity]])
      assert.throws(() => bodyOf(payload), { code: 'BODY_NOT_JSON' });
    assert.equal(bodyOf({ a: null, b: 'null' }).toString(), '{"a":null,"b":"null"}');
  });
});
