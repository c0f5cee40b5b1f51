import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import { ackFlows } from './ack-flows.js';
import type { AckReport } from './ack.program.js';

describe('gridwire-ack', function () {
  this.timeout(60_000);
  let report: AckReport;

  before(async () => {
    report = await runInNodeRed<AckReport>(path.join(__dirname, 'ack.program.ts'));
  });

  ackFlows.forEach(({ name, expect }, index) => {
    it(name, () => {
      const happened = report.happenings[index]!.map((each) =>
        'at' in each ? each.at : [each.settled, ...each.errors].join(': '),
      );
      assert.deepEqual(happened, expect);
    });
  });

  it('leaves nothing behind', () => {
    assert.deepEqual(report.remembered, { messages: 0, messageIds: 0, sources: 0 });
  });
});
