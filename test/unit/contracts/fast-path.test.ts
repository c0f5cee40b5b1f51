import assert from 'node:assert/strict';
import { types } from 'node:util';
import fc from 'fast-check';
import { Contract } from '../../../src/contracts/contract.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { GridwireError } from '../../../src/errors.js';

const NOW = Date.UTC(2026, 11, 1);
const TYPES = Object.values(contracts).flatMap((data) => {
  const contract = new Contract(data);
  return contract.types.map((type) => ({ contract, type }));
});

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

/** What a flow can put anywhere in a message; made anew each time, because some change when they are read. */
const HOSTILE: Record<string, () => unknown> = {
  nothing: () => undefined,
  null: () => null,
  '-0': () => -0,
  'more than a double': () => Number('1e400'),
  NaN: () => NaN,
  'a whole number': () => 2 ** 60,
  'a small number': () => 5e-324,
  'a lone surrogate': () => 'a\ud800b',
  'signs that are escaped': () => '"\\\u0000\u001f\u2028\u007f',
  'a text beyond Latin': () => 'Ω😀',
  'a huge text': () => 'x'.repeat(1_100_000),
  'a bigint': () => 1n,
  'a symbol': () => Symbol('s'),
  'a function': () => () => 1,
  'a date': () => new Date(0),
  'an invalid date': () => new Date(NaN),
  'a buffer': () => Buffer.from('x'),
  'a map': () => new Map([['a', 1]]),
  'a boxed text': () => Object('x') as unknown,
  'a regular expression': () => /x/,
  'an error': () => new Error('e'),
  'a getter': () => ({
    get a() {
      return 1;
    },
  }),
  'a getter that throws': () => ({
    get a() {
      throw new Error('read');
    },
  }),
  toJSON: () => ({ a: 1, toJSON: () => ({ b: 2 }) }),
  'toJSON that throws': () => ({
    toJSON: () => {
      throw new Error('json');
    },
  }),
  'a proxy': () => new Proxy({ a: 1, b: [2] }, {}),
  'a proxy that throws': () =>
    new Proxy({}, { ownKeys: () => assert.fail('keys'), getPrototypeOf: () => Object.prototype }),
  'a list with holes': () => [1, , 2], // eslint-disable-line no-sparse-arrays
  'a list with a name': () => Object.assign([1], { name: 'x' }),
  'a name that is a symbol': () => ({ [Symbol('s')]: 1, a: 1 }),
  'names that are numbers': () => ({ b: 1, 2: 2, 1: 1 }),
  'a key that reaches a prototype': () => JSON.parse('{"a":1,"__proto__":{"x":1}}') as unknown,
  'constructor.prototype': () => ({ constructor: { prototype: { x: 1 } } }),
  'names that are inherited': () => ({ toString: 1, valueOf: 'x', hasOwnProperty: null }),
  'no prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  'a class': () =>
    new (class Reading {
      a = 1;
    })(),
  'what is hidden': () => Object.defineProperty({ a: 1 }, 'b', { value: 2 }),
  'a few levels': () => deep(10),
  'many levels': () => deep(10_000),
  'a circle': () => {
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    return { circle };
  },
};

type Place = (value: () => unknown, example: unknown) => unknown;

function withMember(example: unknown, name: string, value: unknown): unknown {
  const copy = structuredClone(example);
  if (typeof copy !== 'object' || copy === null) return value;
  return Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
}

const PLACES: Record<string, Place> = {
  'in its place': (value) => value(),
  'as a further member': (value, example) => withMember(example, 'further', value()),
  'in a list': (value, example) => withMember(example, 'further', [[1, value()]]),
  'as the first member': (value, example) =>
    withMember(example, Object.keys(Object(example) as object).at(0) ?? 'x', value()),
};

/** The same message, which the fast copy leaves to the closer look: nobody's class, but no plain object either. */
function closely(payload: unknown): unknown {
  const isPlainObject =
    typeof payload === 'object' &&
    payload !== null &&
    !Array.isArray(payload) &&
    !types.isProxy(payload) &&
    Object.getPrototypeOf(payload) === Object.prototype;
  if (!isPlainObject || 'toJSON' in payload) return payload;
  return Object.create(null, Object.getOwnPropertyDescriptors(payload));
}

/** What is drawn by chance differs from event to event. */
function told(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/_[0-9a-f]{8}(?=")/g, '_HEX8');
}

function outcome({ contract, type }: (typeof TYPES)[number], payload: unknown): unknown {
  const { exampleParameters = {}, exampleMembers = {} } = type.data;
  try {
    const input = { payload, parameters: exampleParameters, members: exampleMembers, now: NOW };
    const event = contract.build(type.name, input);
    const { body, ...rules } = contract.serialise(event);
    const text = Buffer.from(body).toString();
    assert.deepEqual(JSON.parse(text), type.bodyOf(event.envelope));
    return { rules: told(JSON.stringify(rules)), body: told(text), topic: event.topic, time: event.time };
  } catch (thrown) {
    if (!(thrown instanceof GridwireError)) throw thrown;
    const { code, message, details } = thrown;
    return { code, message: told(message), details: told(JSON.stringify(details)) };
  }
}

/** Of each contract some; all of them are met by chance. */
const SOME = TYPES.filter((_type, at) => at % 6 === 0);

describe('an event that is built the fast way', () => {
  it('is the one that is built with a closer look, byte by byte, whatever type it is of', () => {
    const any = fc.anything({
      withNullPrototype: true,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        fc.dictionary(fc.string(), any),
        fc.boolean(),
        (each, more, isFirst) => {
          const example = structuredClone(each.type.data.example) as object;
          const payload =
            Object(example) !== example
              ? example
              : isFirst
                ? { ...more, ...example }
                : { ...example, ...more };
          assert.deepEqual(outcome(each, payload), outcome(each, closely(payload)));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  for (const [what, make] of Object.entries(HOSTILE))
    it(`is the same, or is refused in the same words, for ${what}`, () => {
      for (const [where, put] of Object.entries(PLACES))
        for (const each of SOME) {
          const { example } = each.type.data;
          const place = `${each.contract.name}/${each.type.name} ${where}`;
          assert.deepEqual(
            outcome(each, put(make, example)),
            outcome(each, closely(put(make, example))),
            place,
          );
        }
    });
});
