import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import { isExactNumber } from '../../../../src/contracts/json/exact-number.js';
import { jsonText } from '../../../../src/contracts/json/json-text.js';
import { parseJsonBody } from '../../../../src/contracts/json/json-body.js';
import { toJson } from '../../../../src/contracts/json/json-value.js';
import { refusal } from '../helpers/check.js';

const exact = [
  '0',
  '-0',
  '0.0',
  '-0.0',
  '0e5',
  '1',
  '-1',
  '1.0',
  '1.50',
  '100',
  '1e3',
  '1E+3',
  '1.5e-7',
  '0.1',
  '9007199254740991',
  '9007199254740992',
  '9007199254740994',
  '-9007199254740992',
  '1705314600250000000',
  '1e21',
  '1e22',
  '123456789012345680000',
  '0.10000000000000001',
  '0.30000000000000004',
  '0.1000000000000000055511151231257827',
  '4.35',
  '45.200000000000003',
  '1.7976931348623157e308',
  '5e-324',
  '4.9406564584124654e-324',
  '2.2250738585072014E-308',
];
const inexact = [
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '18446744073709551615',
  '1705314600123456789',
  '0.1000000000000000001',
  '0.12345678901234567891',
  '1e400',
  '-1e400',
  '1e-400',
  '1.0000000000000001e400',
  '100000000000000000000001',
  '9007199254740993.0',
  '9007199254740993e0',
  '0.30000000000000003',
];

/** As JSON writes such a key; no text of the documents below has an escaped quote before it. */
const UNSAFE_KEY = /"__proto__":/;

describe('numbers that JSON can hand on', () => {
  for (const text of exact) it(`takes ${text}`, () => assert.equal(isExactNumber(text), true));
  for (const text of inexact) it(`refuses ${text}`, () => assert.equal(isExactNumber(text), false));

  it('takes every double, however many digits it is written with', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 17, max: 60 }),
        (value, digits) => {
          assert.ok(isExactNumber(JSON.stringify(value)));
          const long = value.toPrecision(digits);
          if (/[.e]/.test(long)) assert.ok(isExactNumber(long), long);
        },
      ),
    );
  });

  it('takes a whole number if and only if its digits come back', () => {
    const near = fc.bigInt({ min: 2n ** 53n - 1000n, max: 2n ** 66n });
    fc.assert(
      fc.property(near, (whole) => {
        const back = BigInt(
          Number(whole).toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 17 }),
        );
        assert.equal(
          isExactNumber(String(whole)),
          back === whole || BigInt(JSON.stringify(Number(whole)).replace(/e.*/, '')) === whole,
        );
      }),
    );
  });
});

describe('documents handed on', () => {
  const read = (text: string) => parseJsonBody(Buffer.from(text));

  it('refuses a number that would change, wherever it stands, and says which', () => {
    for (const text of [
      '9007199254740993',
      '[1,9007199254740993]',
      '{"a":{"b":-9007199254740993 }}',
      '{"a":1e400}',
    ]) {
      const error = refusal(() => read(text));
      assert.equal(error.code, 'NUMBER_INEXACT');
      assert.match(error.message, /900719925474099|1e400/);
    }
  });

  it('leaves digits in texts and keys alone', () => {
    const text = '{"9007199254740993":"9007199254740993","a":"\\"1e400"}';
    assert.equal(jsonText(read(text)), text);
  });

  it('says of what is no number that it is no JSON', () => {
    for (const text of [
      '{"a":01234567890123456789}',
      '[1.2.3.4.5.6.7.8.9.0]',
      '[+12345678901234567]',
      '[--1]',
      '[12345678901234567e]',
    ]) {
      assert.equal(refusal(() => read(text)).code, 'BODY_NOT_JSON', text);
    }
  });

  it('keeps the sign of zero, lone surrogates, and every document as it is', () => {
    assert.equal(jsonText(read('{"a":-0.0,"b":[0,-0]}')), '{"a":-0,"b":[0,-0]}');
    assert.equal(jsonText(read('"\\ud800"')), '"\\ud800"');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const document = value as Parameters<typeof jsonText>[0];
        // Keys that reach a prototype are refused, and not left out.
        if (UNSAFE_KEY.test(JSON.stringify(document)))
          assert.equal(refusal(() => toJson(document)).code, 'BODY_UNSAFE_KEY');
        else assert.deepEqual(read(jsonText(toJson(document))), document);
      }),
      { examples: [[{ ['__proto__']: 0 }]] },
    );
  });

  it('reads a text of long numbers in a time that grows with it', () => {
    assert.equal(refusal(() => read(`[${'1'.repeat(1_000_000)}]`)).code, 'NUMBER_INEXACT');
    assert.equal(read(`1${'0'.repeat(22)}`), 1e22);
    assert.equal(refusal(() => read(`[${'0'.repeat(1_000_000)}1]`)).code, 'BODY_NOT_JSON');
    assert.equal(read(`1.5${'0'.repeat(1_000_000)}`), 1.5);
  });

  it('refuses a key twice, however it is spelled', () => {
    assert.equal(refusal(() => read('{"a":1,"\\u0061":2}')).code, 'BODY_DUPLICATE_KEY');
  });
});

describe('what a flow holds', () => {
  it('says what JSON cannot carry, instead of an empty object', () => {
    for (const value of [
      new Map([[1, 2]]),
      new Set([1]),
      /a/,
      Promise.resolve(),
      new Error('x'),
      new ArrayBuffer(2),
      new WeakMap(),
    ]) {
      assert.equal(refusal(() => toJson({ a: value })).code, 'SCHEMA_VIOLATION');
    }
  });

  it('knows the dates of function nodes, boxed values, and what says itself how JSON has it', () => {
    const elsewhere = vm.runInNewContext(
      '({ at: new Date(0), list: [new Date(0)], number: new Number(5) })',
    ) as unknown;
    assert.deepEqual(toJson(elsewhere), {
      at: '1970-01-01T00:00:00.000Z',
      list: ['1970-01-01T00:00:00.000Z'],
      number: 5,
    });
    assert.deepEqual(toJson({ a: { toJSON: () => '1.50' } }), { a: '1.50' });
    assert.equal(refusal(() => toJson(vm.runInNewContext('new Map()'))).code, 'SCHEMA_VIOLATION');
  });
});
