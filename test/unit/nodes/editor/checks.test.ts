import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../../support/panels.js';

type Check = (this: unknown, value: unknown) => true | string;
interface Checks {
  wholeNumber(minimum: number, maximum: number): Check;
  aboveZero: Check;
  topic: Check;
  level: Check;
  host: Check;
  clean: Check;
}

// By its path: the page's globals are none of the tests' program.
const checks = createRequire(__filename)(path.join(ROOT, 'nodes/editor/browser/checks.ts')) as Checks;
/** A node as the checks see it; a reason is its key. */
const node = { _: (key: string) => key.replace('gridwire.check.', ''), transport: 'memory' };
const verdict = (check: Check, value: unknown): true | string => check.call(node, value);

describe('the checks of fields', () => {
  const wrong: [name: string, check: Check, values: unknown[], reason: string][] = [
    [
      'a whole number',
      checks.wholeNumber(0, 100),
      [
        '1 0',
        '1e1',
        '１０',
        '0x10',
        '1_0',
        '1,5',
        '10.0',
        '1e400',
        'NaN',
        '9'.repeat(70_000),
        true,
        ['1'],
        {},
      ],
      'number',
    ],
    ['a number above 0', checks.aboveZero, ['-0', '1e400', '１', '1 0', true, [1]], 'aboveZero'],
    ['a topic', checks.topic, ['a\u0000b', 'a\u0007b', 'a\nb', '\ud800'], 'characters'],
    ['a topic', checks.topic, ['+5', 'a/#', ['#']], 'topic'],
    ['one level of a topic', checks.level, ['a/b', '/', 'x'.repeat(257)], 'level'],
    ['a host', checks.host, ['my host', 'a\nb'], 'blank'],
    ['a host', checks.host, ['a\u0007b'], 'characters'],
    ['a host', checks.host, ['broker:1883'], 'host'],
    ['text for the broker', checks.clean, ['a\tb', 'a\u0000'], 'characters'],
  ];
  for (const [name, check, values, reason] of wrong)
    it(`refuse as ${name}, by "${reason}", what the node would refuse: ${values.length} values`, () => {
      for (const value of values)
        assert.equal(verdict(check, value), reason, JSON.stringify(value).slice(0, 40));
    });

  it('take what is right, with blanks around it, and what is known only when it is deployed', () => {
    assert.equal(verdict(checks.wholeNumber(0, 100), ' 10 '), true);
    assert.equal(verdict(checks.wholeNumber(0, 100), 10), true);
    assert.equal(verdict(checks.wholeNumber(0, 100), undefined), true);
    assert.equal(verdict(checks.wholeNumber(0, 100), '${COUNT}'), true);
    assert.equal(verdict(checks.level, '環境 1'), true);
    assert.equal(verdict(checks.level, '${SITE:-a/b}'), true);
    assert.equal(verdict(checks.host, '${HOST:-a b}'), true);
    assert.equal(verdict(checks.host, '[::1]'), true);
    assert.equal(verdict(checks.topic, 'ümlaut/😀'), true);
  });
});
