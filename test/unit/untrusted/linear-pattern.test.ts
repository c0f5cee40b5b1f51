import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linearPattern } from '../../../src/untrusted/linear-pattern.js';
import { refusal } from '../contracts/helpers/check.js';

/** What schemas of real documents hold. */
const PATTERNS = [
  '^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$',
  '^[A-Za-z0-9_-]+$',
  '^\\S(.*\\S)?$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '\\s',
  '[\\s,]',
  '[^\\s]',
  '^.$',
  '^[^]$',
  '\\bvolt\\b',
  '[\\b]',
  '\\u00e4|\\x41|\\u{1F600}',
  '^(?<year>\\d+)\\/(?:a|b)?$',
  '^\\p{L}+$',
  '^\\p{Script=Greek}+$',
  '^\\p{Lu}\\P{Lu}*$',
  '',
  '^$',
  '^[\\w\\-]+\\_$',
  // What the other engine reads in a way of its own.
  '^[[:alpha:]]$',
  '^[a[b]$',
  '^a\\z',
  '^\\Qa.\\E$',
  '\\A',
  '[]',
  '^[\\S]$',
  '^[^\\S]$',
  '\\x{41}',
  '^\\a$',
];

function javaScript(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

describe('patterns in linear time', () => {
  for (const source of PATTERNS) {
    it(`agrees with JavaScript about ${JSON.stringify(source)}`, () => {
      const [ours, theirs] = [linearPattern(source), javaScript(source)];
      const parts = fc.constantFrom(
        'a',
        'B',
        '0',
        '9',
        '-',
        ':',
        '_',
        ' ',
        '\n',
        '\u2028',
        '\u00a0',
        'ä',
        '😀',
        'volt',
        'Ω',
        '\b',
        '/',
        '\ufeff',
        '\v',
      );
      fc.assert(
        fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
          const text = list.join('');
          assert.equal(ours.test(text), theirs.test(text), JSON.stringify(text));
        }),
        { numRuns: 300 },
      );
    });
  }

  for (const source of [
    '^(a+)+$',
    '^(a|a)*$',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(\\w+\\s?)*$',
    '^(.*?,){11}P',
  ]) {
    it(`runs ${source} on a megabyte`, () => {
      assert.equal(linearPattern(source).test(`${'a'.repeat(1_000_000)}!`), false);
    });
  }

  for (const source of [
    '(',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    'a{1,5000}',
    '((a{0,100}){0,100}){0,100}',
    'x'.repeat(2_000),
    '[b-a]',
    '(?<x>a)\\k<x>',
    '(?s:.)',
    '\\pL',
  ]) {
    it(`refuses ${source.slice(0, 30)} with a reason`, () => {
      const error = refusal(() => linearPattern(source));
      assert.equal(error.code, 'CONTRACT_INVALID');
      assert.match(error.message, /^The pattern ".*" cannot be used: /);
    });
  }
});
