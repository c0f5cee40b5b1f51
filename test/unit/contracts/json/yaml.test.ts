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
