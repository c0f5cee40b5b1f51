import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const STATES = ['done', 'elsewhere', 'differs', 'not taken over'];

describe('coverage table of the five documents', () => {
  const folder = path.join(root, 'test/unit/contracts/documents');
  const tests = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const rows = readFileSync(path.join(root, 'docs/contracts/coverage.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|feature)/.test(line))
    .map((line) => line.split('|').map((text) => text.trim()));

  it('has rows for every document', () => assert.ok(rows.length > 50));

  for (const [, feature = '', test = '', state = ''] of rows) {
    it(`${feature}: ${state.slice(0, 60)}`, () => {
      assert.ok(
        STATES.some((word) => state.startsWith(word)),
        `unknown state "${state}"`,
      );
      if (test === '') assert.match(state, /^(elsewhere|not taken over): ./);
      else
        assert.ok(
          tests.some((source) => source.includes(test)),
          `no test is named "${test}"`,
        );
    });
  }
});
