import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BOUNDS } from '../../../src/bounds.js';
import { type Asker, ASKERS, DOORS, opens, SECURITY_PAGE } from '../../support/trust.js';
import { HEADERS, rowOf } from '../../support/trust-headers.js';
import { readModules } from '../../support/modules.js';

const ROOT = path.resolve(__dirname, '../../..');

/** Names that headers have, written out in the code. */
const HEADER_NAME =
  /['"`]((?:gridwire-|kafka_|retry_topic-|__connect\.|ce_|trace(?=parent|state)|specversion|content-type)[\w.-]*)['"`]/g;

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

  it('says of every header in the code what it makes Gridwire do', () => {
    const said = [...SECURITY_PAGE.matchAll(/^\| `([\w.*-]+)`\s*\| ([^|\d][^|]*?)\s*\|$/gm)].map(
      ([, header, effect]) => [header, effect],
    );
    assert.deepEqual(Object.fromEntries(said), HEADERS);
    const named = [...readModules(ROOT, ['src']).keys()].flatMap((file) =>
      [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(HEADER_NAME)].map(([, name = '']) => name),
    );
    assert.ok(named.includes('gridwire-replay'));
    assert.deepEqual(
      named.filter((name) => rowOf(name) === undefined),
      [],
    );
  });
});
