import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import { downstreamFlows } from './downstream-flows.js';
import type { DownstreamReport } from './downstream.program.js';

describe('flow completion: what the deployed flow below a source will do', function () {
  this.timeout(60_000);
  let report: DownstreamReport;

  before(async () => {
    report = await runInNodeRed<DownstreamReport>(path.join(__dirname, 'downstream.program.ts'));
  });

  downstreamFlows.forEach(({ name, expect }, index) => {
    it(`judges ${name}`, () => {
      const found = report.findings[index]!.map(({ kind, node }) => [kind, node.split(':')[0]]);
      assert.deepEqual(found, expect);
    });
  });

  it('names the node, the numbers and the remedy', () => {
    const text = report.texts.find((each) => each.includes('never be full'))!;
    assert.match(text, /^batch:.*waits for 100 messages, but only 20 .*settle explicitly/);
  });
});
