import assert from 'node:assert/strict';
import vm from 'node:vm';
import { isPlain, plainCopy } from '../../../../src/contracts/json/plain-copy.js';
import { toJson, toJsonWith } from '../../../../src/contracts/json/json-value.js';
import type { Json } from '../../../../src/event.js';

const DEPTH = 8;

/** What looks at every value closely. */
function closely(value: unknown): Json {
  return toJsonWith(value, (problem) => {
    throw problem;
  });
}

describe('the copy of a plain message', () => {
  const plain: Json = {
    power: -0,
    name: 'ä',
    on: true,
    none: null,
    list: [1, [{}], 'x'],
    inner: { a: { b: [] } },
  };

  it('is what the closer look makes of it, shares nothing, and keeps the sign of -0', () => {
    const copy = plainCopy(plain, DEPTH) as typeof plain;
    assert.deepEqual(copy, closely(plain));
    assert.deepEqual(copy, plain);
    assert.notEqual(copy['list'], plain['list']);
    assert.notEqual(copy['inner'], plain['inner']);
    assert.ok(Object.is(copy['power'], -0));
  });

  it('is also made of what a function node made, with prototypes of its own', () => {
    const made: unknown = vm.runInNewContext('({ power: 5, list: [{ a: 1 }] })');
    assert.ok(isPlain(made as object));
    const copy = plainCopy(made, DEPTH) as { list: object[] };
    assert.deepEqual(copy, { power: 5, list: [{ a: 1 }] });
    assert.ok(copy.list instanceof Array && Object.getPrototypeOf(copy) === Object.prototype);
  });

  for (const [what, value] of [
    ['a Date', new Date(0)],
    ['a Buffer', Buffer.from('x')],
    ['a Map', new Map()],
    ['a text as an object', Object('x')],
    ['undefined', { a: undefined }],
    ['NaN', [NaN]],
    ['a function', { a: () => 1 }],
    ['a bigint', 1n],
    ['a symbol as a name', { [Symbol('s')]: 1 }],
    ['what says itself how JSON has it', { toJSON: () => 1 }],
    ['a key that reaches a prototype', JSON.parse('{"__proto__":"x"}')],
    [
      'a getter that throws',
      Object.defineProperty({}, 'a', { enumerable: true, get: () => assert.fail('read') }),
    ],
    ['an object without a prototype', Object.create(null)],
  ] as [string, unknown][])
    it(`is left to the closer look for ${what}, at any depth`, () => {
      assert.equal(plainCopy(value, DEPTH), undefined);
      assert.equal(plainCopy({ inner: [value] }, DEPTH), undefined);
    });

  it('is left to the closer look where it is too deep, or a circle with many ways round', () => {
    const circle: unknown[] = [];
    circle.push(circle, circle, circle, circle);
    assert.equal(plainCopy(circle, 64), undefined);
    assert.deepEqual(plainCopy([[[]]], 3), [[[]]]);
    assert.equal(plainCopy([[[]]], 2), undefined);
    assert.throws(() => toJson(circle), { code: 'BODY_TOO_DEEP' });
  });
});
