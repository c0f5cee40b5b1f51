import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseYaml } from '../../../../src/contracts/json/yaml.js';
import type { ErrorCode } from '../../../../src/errors.js';
import { refusal } from '../helpers/check.js';

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('YAML of people', () => {
  it('says what the package says', () => {
    const key = fc.string().filter((name) => name !== '__proto__');
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(key, value), (document) => {
        const plain = JSON.parse(JSON.stringify(document)) as unknown;
        assert.deepEqual(parseYaml(`# YAML\n${stringify(plain)}`), plain);
      }),
    );
  });

  it('repeats what aliases name, within bounds', () => {
    assert.deepEqual(parseYaml('a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]'), {
      a: [1, { b: 2 }],
      c: [1, { b: 2 }],
      d: [
        [1, { b: 2 }],
        [1, { b: 2 }],
      ],
    });
  });

  it('takes braces without quotes, as people write schemas, with a comment or a comma too many', () => {
    const schema = { type: 'object', required: ['kw'], properties: { kw: { type: 'number' } } };
    const written = '{ type: object, required: [kw], properties: { kw: { type: number } } }';
    for (const text of [
      written,
      `\n ${written}\n`,
      `{ # power\n${written.slice(1)}`,
      `${written.slice(0, -1)}, }`,
    ])
      assert.deepEqual(parseYaml(text), schema, text);
    assert.deepEqual(parseYaml('[{ a: 1 }, b]'), [{ a: 1 }, 'b']);
  });

  it('calls JSON with a fault JSON, and braces with one YAML', () => {
    assert.match(refusal(() => parseYaml('{"a": 1, "b" 2}')).message, /not JSON/);
    assert.match(refusal(() => parseYaml('{"a": 1 // one\n}')).message, /not JSON/);
    assert.match(refusal(() => parseYaml('{ a: 1, b: }}')).message, /not YAML.*line 1, column/);
    assert.equal(refusal(() => parseYaml('{ a: 9007199254740993 }')).code, 'NUMBER_INEXACT');
  });

  it('takes twenty thousand keys', () => {
    assert.equal(
      Object.keys(parseYaml(many(20_000, (index) => `key${index}: ${index}`)) as object).length,
      20_000,
    );
  });

  const refused: [name: string, text: string, code: ErrorCode][] = [
    [
      'aliases that multiply',
      `a: &a [${'x,'.repeat(200)}x]\n${many(99, (index) => `k${index}: *a`)}`,
      'CONTRACT_INVALID',
    ],
    ['an anchor inside itself', 'a: &a [*a]', 'CONTRACT_INVALID'],
    ['a key twice', 'a: 1\nb: 2\na: 3', 'CONTRACT_INVALID'],
    ['a key twice, in JSON', '{"a":1,"a":2}', 'CONTRACT_INVALID'],
    ['a nest of lists', '- '.repeat(10_000), 'CONTRACT_INVALID'],
    ['a nest in JSON', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'CONTRACT_INVALID'],
    ['a list as a key', '? [a]\n: 1', 'CONTRACT_INVALID'],
    ['__proto__', '__proto__: { a: 1 }', 'BODY_UNSAFE_KEY'],
    ['a tag', 'a: !include other.yaml', 'CONTRACT_INVALID'],
    ['infinity', 'a: .inf', 'CONTRACT_INVALID'],
    ['two documents', 'a: 1\n---\nb: 2', 'CONTRACT_INVALID'],
    ['commas', `a: [${','.repeat(500_000)}]`, 'BODY_TOO_LARGE'],
    ['lines', '- a\n'.repeat(100_000), 'BODY_TOO_LARGE'],
    ['anchors', 'a: ' + '&a '.repeat(100_000), 'BODY_TOO_LARGE'],
    ['size', ' '.repeat(1_100_000), 'BODY_TOO_LARGE'],
  ];
  for (const [name, text, code] of refused) {
    it(`refuses ${name} with ${code}`, () => assert.equal(refusal(() => parseYaml(text)).code, code));
  }
});

describe('YAML that would be changed in silence', () => {
  const refused: [string, ErrorCode, RegExp][] = [
    ['a: 9007199254740993', 'NUMBER_INEXACT', /9007199254740993/],
    ['a: [0.1234567890123456789]', 'NUMBER_INEXACT', /0\.12345/],
    ['a: 0xFFFFFFFFFFFFFFFF', 'NUMBER_INEXACT', /0xFF/],
    ['a: 1e-400', 'NUMBER_INEXACT', /1e-400/],
    ['a: !!omap [x: 1]', 'CONTRACT_INVALID', /pairs/],
    ['a: 1\n---\nb: 2', 'CONTRACT_INVALID', /several documents/],
    ['<<: 5', 'CONTRACT_INVALID', /<</],
  ];
  for (const [text, code, reason] of refused) {
    it(`is refused: ${JSON.stringify(text)}`, () => {
      const error = refusal(() => parseYaml(text));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, reason);
    });
  }

  it('is not: other spellings of numbers', () => {
    const text = 'a: +5\nb: .5\nc: 5.\nd: 12e03\ne: 0x1F\nf: 1.50\ng: 0o17';
    assert.deepEqual(parseYaml(text), { a: 5, b: 0.5, c: 5, d: 12_000, e: 31, f: 1.5, g: 15 });
  });

  it('merges what "<<" names below what the object says itself', () => {
    assert.deepEqual(parseYaml('a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }'), {
      a: { x: 1, y: 1 },
      b: { y: 2, z: 2 },
      c: { y: 1, z: 2, x: 3 },
    });
    assert.deepEqual(parseYaml('"<<": 5'), { '<<': 5 });
  });
});

describe('YAML with faults everywhere', () => {
  // Each took up to ten seconds, because all faults were listed.
  for (const text of [
    `a: ${': '.repeat(400_000)}`,
    '"'.repeat(900_000),
    '*a '.repeat(300_000),
    '] '.repeat(400_000),
    `"${'\\q'.repeat(300_000)}"`,
    '- '.repeat(400_000),
    '%a\n'.repeat(40_000),
  ]) {
    it(`ends at the first: ${text.slice(0, 12)}`, () => {
      const error = refusal(() => parseYaml(text));
      assert.ok(error.message.length < 400);
      assert.ok(['CONTRACT_INVALID', 'BODY_TOO_LARGE'].includes(error.code), error.message);
    });
  }

  it('says where the first one is', () => {
    assert.match(refusal(() => parseYaml('a: 1\nb: "\\q"')).message, /line 2, column 5/);
  });
});
