import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { SettlementReport } from './settlement.program.js';

describe('settlement of sources', function () {
  this.timeout(60_000);
  let report: SettlementReport;
  const seen = (topic: string): string[] => report.seen[topic] ?? [];

  before(async () => {
    report = await runInNodeRed<SettlementReport>(path.join(__dirname, 'settlement.program.ts'));
  });

  it('acknowledges when the flow has finished, through timers and delays', () => {
    assert.deepEqual(seen('order').slice(0, 6), [
      ...['begins a', 'ends a', 'delayed a'],
      ...['begins b', 'ends b', 'delayed b'],
    ]);
  });

  it('loses nothing to a deploy of one node of the flow', () => {
    const processed = seen('order').filter((line) => /^(anew|delayed) [cd]$/.test(line));
    assert.deepEqual(
      new Set(processed.map((line) => line.slice(-1))),
      new Set(['c', 'd']),
      seen('order').join(),
    );
  });

  it('tries again what failed, beside the others, and rejects it at last with its bytes', () => {
    assert.deepEqual(
      seen('fails').filter((line) => line.includes('bad')),
      ['attempt 1 bad', 'attempt 2 bad', 'attempt 3 bad', 'RETRIES_EXHAUSTED bad'],
    );
    assert.equal(seen('fails')[1], 'attempt 1 good');
  });

  it('takes a caught error for handled, or, if set so, for a failure', () => {
    assert.deepEqual(seen('caught'), ['caught a']);
    assert.deepEqual(seen('strict'), ['RETRIES_EXHAUSTED a']);
  });

  it('ends what hangs by the timeout, and says where it hung', () => {
    assert.deepEqual(seen('hangs'), ['RETRIES_EXHAUSTED Given up after 3 attem']);
    assert.ok(report.warnings.some((line) => /did not finish .* still at join:hangs-1/.test(line)));
  });

  it('settles explicitly by the receipt, and rejects what an ack node refuses for good', () => {
    assert.deepEqual(seen('explicit'), ['sees a', 'sees b', 'EVENT_REJECTED b', 'sees c']);
  });

  it('tells a change of status again if the flow failed with it', () => {
    assert.deepEqual(
      seen('ingest').filter((line) => line.startsWith('status')),
      ['status OFFLINE 1', 'status OFFLINE 2', 'status ONLINE 1', 'status ONLINE 2'],
    );
    assert.ok(seen('ingest').filter((line) => line === 'telemetry 5').length >= 1);
  });

  it('names a batch that the window can never fill, with the remedy', () => {
    const line = report.warnings.find((each) => each.includes('batch:gather-1'));
    assert.match(line ?? '', /waits for 100 messages, but only 20 .* Raise the window/);
  });

  it('leaves nothing behind', () => {
    assert.deepEqual(report.remembered, { messages: 0, messageIds: 0, sources: 0 });
    assert.equal(report.listeners, 0);
  });
});
