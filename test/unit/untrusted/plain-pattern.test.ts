import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainPattern } from '../../../src/untrusted/plain-pattern.js';
import { RE2JS } from '../../../src/untrusted/re2.js';

const atom = fc.constantFrom('a', 'Z', '0', ':', '-', '@', '\\d', '[0-9A-Fa-f]', '[a_-]', '[\\dx]', '[:-]');
const count = fc.constantFrom('', '', '{0}', '{1}', '{2}', '{3}');
const pieces = (each: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.tuple(each, count), { maxLength: 4 }).map((list) => list.flat().join(''));
const group = fc.tuple(fc.constantFrom('(', '(?:'), pieces(atom)).map(([open, inner]) => `${open}${inner})`);
const end = fc.constantFrom('', '', '[A-Za-z]+', '[\\d-]+');
const plain = fc.tuple(pieces(fc.oneof(atom, group)), end).map(([body, last]) => `^${body}${last}$`);
const texts = fc.array(
  fc.constantFrom(...['a', 'aa', 'Z', '0', '00', ':', '-', '@', '_', 'x', 'ä', '😀', '\ud83d', '\n']),
  { maxLength: 8 },
);

describe('patterns that leave nothing to choose', () => {
  it('mean to JavaScript what they mean to the engine that runs all others', () => {
    let fitting = 0;
    fc.assert(
      fc.property(plain, texts, (pattern, list) => {
        const found = plainPattern(pattern);
        const counts = [...pattern.matchAll(/\{/g)].length;
        if (found === undefined) {
          assert.ok(counts > 4, pattern);
          return;
        }
        const text = list.join('');
        const isFitting = RE2JS.compile(pattern).test(text);
        if (isFitting) fitting += 1;
        assert.equal(found.test(text), isFitting, JSON.stringify(text));
      }),
      { numRuns: 5_000 },
    );
    assert.ok(fitting > 20, String(fitting));
  });

  it('are those of a MAC address and of a name', () => {
    assert.ok(plainPattern('^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$'));
    assert.ok(plainPattern('^[A-Za-z0-9_-]+$'));
  });

  for (const pattern of [
    ...[
      'a',
      '^a',
      'a$',
      '^a*$',
      '^a+$',
      '^a?$',
      '^a{1,2}$',
      '^a{1,}$',
      '^(a|b)$',
      '^a|b$',
      '^.$',
      '^\\w$',
      '^[^a]$',
    ],
    ...[
      '^(a+)+$',
      '^([a]+)+$',
      '^[a]+[a]+$',
      '^[a]+b$',
      '^[a]*$',
      '^[a]+{2}$',
      '^[ä]$',
      '^😀$',
      '^(?=a)a$',
      '^(?i:a)$',
    ],
    ...[
      '^(a)\\1$',
      '^[[]$',
      '^[a]]$',
      '^[]$',
      '^[\\]]$',
      '^$\n',
      '^a$$',
      '^^a$',
      '^(a{99}){99}$',
      '^(a{99}){11}$',
    ],
  ])
    it(`are not ${JSON.stringify(pattern)}`, () => {
      assert.equal(plainPattern(pattern), undefined);
    });

  it('take a time that grows with the text', () => {
    assert.equal(plainPattern('^[A-Za-z0-9_-]+$')!.test(`${'a'.repeat(1_000_000)}!`), false);
  });
});
