import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { DeploysReport } from './deploys.program.js';

describe('deploys of sources that have messages in hand', function () {
  this.timeout(60_000);
  let report: DeploysReport;

  before(async () => {
    report = await runInNodeRed<DeploysReport>(path.join(__dirname, 'deploys.program.ts'));
  });

  it('lets go what is held for approval exactly once, though the ingest node was deployed anew', () => {
    assert.equal(report.approved, 2);
    assert.deepEqual(report.seen['ingest'], ['telemetry 1', 'telemetry 2']);
  });

  for (const [id, what] of [
    ['node', 'a source'],
    ['tabbed', "a source's tab"],
  ] as const) {
    it(`loses nothing of ${what} that is disabled for a while`, () => {
      assert.deepEqual(report.seen[id]?.slice().sort(), ['sees a', 'sees a', 'sees b']);
    });
  }

  it('keeps what the flow had when a source is deleted, says so, and gives it to the node when it is back', () => {
    assert.deepEqual(report.seen['deleted'], ['sees a', 'sees a']);
    const said = report.warnings.filter((line) => line.includes('The node was deleted'));
    assert.match(said[0] ?? '', /1 of its events wait in the store .* under the id deleted/);
    assert.deepEqual(
      said.filter((line) => line.includes('given up')),
      [],
      'also when all is deleted, and the store with it',
    );
  });

  it('makes letters of refused events behind whose output no node runs, by whatever way it is wired', () => {
    assert.deepEqual(report.letters, ['straight/x', 'round/x']);
  });
});
