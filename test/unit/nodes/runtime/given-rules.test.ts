import assert from 'node:assert/strict';
import vm from 'node:vm';
import {
  expiryOf,
  headerOrderOf,
  headersOf,
  keyOf,
  qosOf,
  retainOf,
} from '../../../../nodes/runtime/given-rules.js';
import { bodyOf, type GridwireMessage, topicOf } from '../../../../nodes/runtime/messages.js';

const said = (members: object): GridwireMessage => ({ _msgid: 'x', ...members });

describe('what a message says of its sending', () => {
  it('has a QoS as a number or as text, and no other', () => {
    assert.equal(qosOf(said({ qos: '2' })), 2);
    assert.equal(qosOf(said({ qos: 0 })), 0);
    assert.equal(qosOf(said({})), undefined);
    for (const qos of [3, '1.0', true, {}])
      assert.throws(() => qosOf(said({ qos })), { code: 'SETTING_INVALID' });
  });

  it('expires after whole seconds, as a number or as text', () => {
    for (const given of [5, '5', ' 5 '])
      assert.deepEqual(expiryOf(said({ messageExpiryInterval: given }), 0), { expiresAt: 5_000 });
    assert.deepEqual(expiryOf(said({ messageExpiryInterval: '' }), 0), {});
    for (const messageExpiryInterval of [' ', '0x10', '1e2', 'soon', 0, 1.5, [5], true, 4_294_967_296])
      assert.throws(() => expiryOf(said({ messageExpiryInterval })), { code: 'TIME_INVALID' });
    for (const expiresAt of ['', '1764400000000', -1, 1.5, 8.64e15 + 1])
      assert.throws(() => expiryOf(said({ expiresAt })), { code: 'TIME_INVALID' });
  });

  it('says whether it is retained as a truth value or as text, and in no other way', () => {
    assert.deepEqual(
      [true, 'true', false, 'false', '', null].map((retain) => retainOf(said({ retain }))),
      [...[true, true, false, false, undefined, undefined]],
    );
    for (const retain of [1, 'maybe', {}, 'True'])
      assert.throws(() => retainOf(said({ retain })), { code: 'SETTING_INVALID' });
  });

  it('has a topic of text, or none', () => {
    assert.equal(topicOf(said({ topic: 'a' })), 'a');
    assert.equal(topicOf(said({})), undefined);
    for (const topic of [5, {}, ['a'], true, Buffer.from('a')])
      assert.throws(() => topicOf(said({ topic })), { code: 'TOPIC_ILLEGAL' });
  });

  it('has bytes also where they come from a function node, whose classes are its own', () => {
    const made = vm.runInNewContext('[new Uint8Array([1, 255]), { a: new Uint8Array([2]) }]') as unknown[];
    assert.deepEqual(bodyOf(made[0]), Buffer.from([1, 255]));
    assert.deepEqual(keyOf(said({ key: made[0] })), { key: Buffer.from([1, 255]) });
    assert.deepEqual(headersOf(said({ headers: made[1] })), { a: Buffer.from([2]) });
  });

  it('has no payload that JSON would change', () => {
    const cycle: Record<string, unknown> = {};
    cycle['cycle'] = cycle;
    const refused: [payload: unknown, code: string][] = [
      [new Map([[1, 2]]), 'BODY_NOT_JSON'],
      [{ a: new Set([1]) }, 'BODY_NOT_JSON'],
      [new Uint16Array([258]), 'BODY_NOT_JSON'],
      [new ArrayBuffer(2), 'BODY_NOT_JSON'],
      [/x/, 'BODY_NOT_JSON'],
      [new Error('x'), 'BODY_NOT_JSON'],
      [[1, undefined], 'BODY_NOT_JSON'],
      [{ a: () => 1 }, 'BODY_NOT_JSON'],
      [10n, 'BODY_NOT_JSON'],
      [undefined, 'BODY_NOT_JSON'],
      [JSON.parse('{"__proto__":1}'), 'BODY_UNSAFE_KEY'],
      [cycle, 'BODY_TOO_DEEP'],
      ['half: \ud800', 'BODY_NOT_TEXT'],
    ];
    for (const [payload, code] of refused) assert.throws(() => bodyOf(payload), { code });
    assert.equal(bodyOf([-0, { a: new Date(0) }]).toString(), '[-0,{"a":"1970-01-01T00:00:00.000Z"}]');
  });

  it('has headers with names and values that UTF-8 can write', () => {
    const wrong = [
      new Map([['a', 'b']]),
      JSON.parse('{"__proto__":"x"}'),
      { a: '\ud800' },
      { '\udc00': 'a' },
    ] as unknown[];
    for (const headers of wrong) assert.throws(() => headersOf(said({ headers })), { code: 'NOT_SUPPORTED' });
    assert.throws(() => keyOf(said({ key: '\ud800' })), { code: 'IDENTIFIER_ILLEGAL' });
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
    for (const value of [{}, NaN, [], [[]], [{}], () => 1])
      assert.throws(() => headersOf(said({ headers: { value } })), { code: 'NOT_SUPPORTED' });
    for (const whole of ['a', [], 5])
      assert.throws(() => headersOf(said({ headers: whole })), { code: 'NOT_SUPPORTED' });
  });

  it('has no list of billions of places, which nobody could walk along', () => {
    const list: unknown[] = [];
    list.length = 4_000_000_000;
    assert.throws(() => headersOf(said({ headers: { a: list } })), { code: 'BODY_TOO_LARGE' });
    assert.throws(() => headerOrderOf(said({ headerOrder: list })), { code: 'BODY_TOO_LARGE' });
    assert.throws(() => bodyOf(list), { code: 'BODY_NOT_JSON' });
  });

  it('has no number that JSON would turn into null', () => {
    for (const payload of [NaN, { a: [1, Infinity] }, [-Infinity]])
      assert.throws(() => bodyOf(payload), { code: 'BODY_NOT_JSON' });
    assert.equal(bodyOf({ a: null, b: 'null' }).toString(), '{"a":null,"b":"null"}');
  });
});
