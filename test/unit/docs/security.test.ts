import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BOUNDS } from '../../../src/bounds.js';

const page = readFileSync(path.join(__dirname, '../../../docs/security.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)`\s*\| (\d+)\s*\|/gm)].map(([, name, value]) => [
  name,
  Number(value),
]);

describe('docs/security.md', () => {
  it('lists every bound with its value, and no other', () => {
    assert.deepEqual(Object.fromEntries(rows), { ...BOUNDS });
  });
});
