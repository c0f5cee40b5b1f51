import assert from 'node:assert/strict';
import { BOUNDS } from '../../../src/bounds.js';
import { type Asker, ASKERS, DOORS, opens, SECURITY_PAGE } from '../../support/trust.js';

const rows = [...SECURITY_PAGE.matchAll(/^\| `(\w+)`\s*\| (\d+)\s*\|/gm)].map(([, name, value]) => [
  name,
  Number(value),
]);

describe('docs/security.md', () => {
  it('lists every bound with its value, and no other', () => {
    assert.deepEqual(Object.fromEntries(rows), { ...BOUNDS });
  });

  it('says who may ask what as the tests play it', () => {
    const [, table = ''] = /^\| who asks {2,}([^]*?)\n\n/m.exec(SECURITY_PAGE) ?? [];
    const [doors, , ...askers] = table.split('\n').map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .filter((cell) => cell !== ''),
    );
    assert.deepEqual(doors, DOORS);
    assert.deepEqual(
      askers,
      (Object.keys(ASKERS) as Asker[]).map((asker) => [
        asker,
        ...DOORS.map((door) => (opens(asker, door) ? 'yes' : 'no')),
      ]),
    );
  });
});
