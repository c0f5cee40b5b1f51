import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { RobustnessReport } from './robustness.program.js';

describe('flow completion: a runtime that is not as assumed', function () {
  this.timeout(60_000);
  let report: RobustnessReport;

  before(async () => {
    report = await runInNodeRed<RobustnessReport>(path.join(__dirname, 'robustness.program.ts'));
  });

  const outcomes: [tab: string, outcome: string][] = [
    ['no _flow.getNode', 'completed'],
    ['a _flow.getNode that throws', 'completed'],
    ['handlers unknown', 'completed'],
    // What could not be counted must not look finished.
    ['hostile', 'timeout'],
  ];
  for (const [tab, outcome] of outcomes) {
    it(`delivers the message all the same: ${tab}`, () => {
      const happenings = report.happenings[tab]!;
      assert.deepEqual(
        happenings.map((each) => ('settled' in each ? each.settled : each.at)),
        ['p', outcome],
      );
    });
  }

  it('says that an assumption did not hold', () => {
    assert.ok(report.faults > 0);
  });

  it('leaves explicit messages alone until their receipt comes, once, through JSON', () => {
    assert.deepEqual(report.explicit, {
      duringFlow: 0,
      unknown: false,
      first: true,
      second: false,
      inFlight: [1, 0],
    });
  });

  it('takes its hooks away with the last source', () => {
    assert.equal(report.hooksLeft, false);
    assert.deepEqual(report.remembered, { messages: 0, messageIds: 0, sources: 0 });
  });
});
