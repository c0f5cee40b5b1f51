import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import { plainCopy } from '../../../../src/contracts/json/plain-copy.js';
import { ShapedCopy } from '../../../../src/contracts/json/shaped-copy.js';
import type { Json } from '../../../../src/event.js';

const DEPTH = 8;

/** One that has seen objects of this shape. */
function used(value: unknown): ShapedCopy {
  const copies = new ShapedCopy();
  copies.of(value, DEPTH);
  copies.of(value, DEPTH);
  return copies;
}

describe('the copy of a message like those before it', () => {
  it('is what the copy of any message is, whatever came before', () => {
    const names = fc.oneof(
      fc.constantFrom('a', 'b', '0', 'constructor', 'toString', '__proto__', '"]//'),
      fc.string(),
    );
    const values = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.double(), fc.constant(-0), fc.string(), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
        fc.constantFrom(undefined, 1n, new Date(0), new Map([['a', 1]]), Object.create(null)),
      ),
    })).value;
    const all = fc.array(values, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 4 }), (messages, depth) => {
        const copies = new ShapedCopy();
        for (const message of [...messages, ...messages]) {
          const [copy, expected] = [copies.of(message, depth), plainCopy(message, depth)];
          assert.deepStrictEqual(copy, expected);
          assert.equal(JSON.stringify(copy), JSON.stringify(expected));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shares nothing with the message, and is also made of what a function node made', () => {
    const made = vm.runInNewContext('({ power: -0, list: [{ a: 1 }], inner: { b: [] } })') as {
      list: object[];
      inner: object;
    };
    const copy = used(made).of(made, DEPTH) as typeof made;
    assert.deepEqual(copy, { power: -0, list: [{ a: 1 }], inner: { b: [] } });
    assert.ok(copy.list instanceof Array && Object.getPrototypeOf(copy) === Object.prototype);
    for (const name of ['list', 'inner'] as const) assert.notEqual(copy[name], made[name]);
    assert.notEqual(copy.list[0], made.list[0]);
  });

  it('has what was checked: a member that answers otherwise each time is asked once', () => {
    const copies = used({ a: 1, b: 2 });
    let answers = 0;
    const fickle = Object.defineProperty({ b: 2 }, 'a', {
      enumerable: true,
      get: () => (answers++ === 0 ? 1 : { toJSON: () => 'something else' }),
    });
    const copy = copies.of({ inner: fickle }, DEPTH) as { inner: object };
    assert.deepEqual(copy, { inner: { b: 2, a: 1 } });
    assert.equal(answers, 1);
    assert.deepEqual(Object.getOwnPropertyDescriptor(copy.inner, 'a')?.value, 1);
  });

  it('is left to others where an object only has the names of a plain one', () => {
    const copies = used({ a: 1 });
    const named = (object: object): object => Object.assign(object, { a: 1 });
    const others = {
      'a Map': named(new Map()),
      'a Date': named(new Date(0)),
      'a Buffer': named(Buffer.from('')),
      'what says itself how JSON has it': Object.create({ toJSON: () => 2 }) as object,
      'a class with a JSON of its own': named(
        new (class {
          toJSON(): number {
            return 2;
          }
        })(),
      ),
      'what says so, and does not show it': Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 2 }),
      'what has no prototype': named(Object.create(null) as object),
      'a proxy that throws': new Proxy(
        { a: 1 },
        {
          get: () => {
            throw new Error('read');
          },
        },
      ),
      'a member that is no number': { a: NaN },
    };
    for (const [what, value] of Object.entries(others)) {
      assert.equal(copies.of(value, DEPTH), undefined, what);
      assert.equal(copies.of({ inner: [value] }, DEPTH), undefined, what);
    }
  });

  it('takes no member that the object only inherits, though others had it', () => {
    Object.defineProperty(Object.prototype, 'another', { value: 5, enumerable: true, configurable: true });
    try {
      const copies = used({ a: 1, another: 2 });
      assert.deepEqual(Object.keys(copies.of({ a: 1 }, DEPTH) as object), ['a']);
    } finally {
      delete (Object.prototype as { another?: unknown }).another;
    }
  });

  it('is made all the same where each object has other names, and ever deeper ones', () => {
    const copies = new ShapedCopy();
    for (let turn = 0; turn < 500; turn += 1) {
      const message: Json = { [`a${turn}`]: { [`b${turn}`]: [{ [`c${turn}`]: { d: turn } }] } };
      assert.deepEqual(copies.of(message, DEPTH), message);
    }
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_each, at) => [`n${at}`, at]));
    assert.deepEqual(copies.of(wide, DEPTH), wide);
  });
});
