import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { RedeployReport } from './redeploy.program.js';
import { redeploys } from './redeploys.js';

describe('flow completion: a deploy while messages are held', function () {
  this.timeout(60_000);
  let report: RedeployReport;

  before(async () => {
    report = await runInNodeRed<RedeployReport>(path.join(__dirname, 'redeploy.program.ts'));
  });

  redeploys.forEach((redeploy, index) => {
    it(`deploys ${redeploy.name}`, () => {
      assert.deepEqual(report.outcomes[index], redeploy.expect);
      assert.deepEqual(report.remembered[index], { messages: 0, messageIds: 0, sources: 0 });
    });
  });

  it('settles every message once through fifty deploys under load', () => {
    const { sent, completed, aborted, other, messages } = report.load;
    assert.ok(sent > 100);
    assert.equal(completed + aborted, sent);
    assert.equal(other, 0);
    assert.equal(messages, 0);
  });

  it('leaves no listener behind once no source is deployed', () => {
    assert.equal(report.listenersAfter, report.listenersBefore);
    assert.equal(report.faults, 0);
  });
});
