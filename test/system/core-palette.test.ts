import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NodeRedProcess } from '../support/node-red-process.js';

const text = readFileSync(path.resolve(__dirname, '../../docs/settlement.md'), 'utf8');

/** The node types that the page names: in the table's first column, or in the sentence on what is not in it. */
function named(): Set<string> {
  const rows = text
    .split('\n')
    .flatMap((line) => /^\| ([^|]+?) +\| (?:exact|timeout|early) /.exec(line)?.[1] ?? []);
  const others = /^Not in the table, because .*$/m.exec(text)?.[0] ?? '';
  return new Set(
    [...rows, others].flatMap((each) =>
      each.split(/; and |, | and |: |; | \(|\)|the sources |the config nodes /),
    ),
  );
}

describe("docs/settlement.md and Node-RED's own palette", function () {
  this.timeout(120_000);

  it('says of every core node what it does to a message', async () => {
    const nodeRed = await NodeRedProcess.start();
    try {
      const sets = (await nodeRed.admin.nodeSets()).filter((set) => set.module === 'node-red');
      const types = sets.flatMap((set) => set.types);
      assert.ok(types.length > 40, types.join());
      const known = named();
      assert.deepEqual(
        types.filter((type) => !known.has(type)),
        [],
      );
    } finally {
      await nodeRed.stop();
    }
  });
});
