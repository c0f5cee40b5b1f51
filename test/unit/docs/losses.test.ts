import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');

describe('docs/losses.md', () => {
  const page = readFileSync(path.join(ROOT, 'docs/losses.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (L\d\d) .*`([a-z-]+ [A-Z_]+)` *\|$/gm)].map(([, number, shown]) => ({
    number: number!,
    shown: shown!,
  }));
  const tests = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(path.dirname(file)) === 'losses' || file.endsWith('losses.test.ts'))
    .filter((file) => !file.includes('docs'))
    .map((file) => readFileSync(path.join(ROOT, 'test', file), 'utf8'))
    .join('\n');

  it('has at least thirty ways', () => assert.ok(rows.length >= 30, `${rows.length}`));

  for (const { number, shown } of rows)
    it(`${number} is made to happen in a test, and shown as ${shown}`, () => {
      assert.match(tests, new RegExp(`\\b${number}\\b`));
      const [name, code] = shown.split(' ');
      assert.ok(
        tests.includes(shown) || (tests.includes(`${name} \${code}`) && tests.includes(`'${code}'`)),
        shown,
      );
    });

  it('has every way that is tested', () => {
    const tested = new Set([...tests.matchAll(/\bL\d\d\b/g)].map(([number]) => number));
    assert.deepEqual([...tested].sort(), rows.map(({ number }) => number).sort());
  });
});
