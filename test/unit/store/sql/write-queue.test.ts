import assert from 'node:assert/strict';
import type { Operation } from '../../../../src/store/sql/database.js';
import { type UnitOutcome, WriteQueue } from '../../../../src/store/sql/write-queue.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe('the queue of writes', () => {
  it('says for how long a commit has had no answer, and waits longer for a large one', async () => {
    const clock = new ManualClock();
    const commits: ((outcomes: UnitOutcome[]) => void)[] = [];
    const queue = new WriteQueue(
      () => new Promise((resolve) => commits.push(resolve)),
      { pendingBytes: 100_000_000, rowsPerCommit: 1 },
      'postgres',
      clock,
    );
    const unit = (size: number): Operation[] => [{ sql: 'INSERT', parameters: [Buffer.alloc(size)] }];
    const silent = (): number => Math.round(queue.silentFor ?? 0);
    const writes = [queue.push(unit(10)), queue.push(unit(5_000_000))];
    await clock.pass(4_000);
    assert.equal(silent(), 4_000);
    commits[0]?.([{ results: [] }]);
    await clock.pass(0);
    assert.equal(silent(), 0, 'the next has only begun');
    await clock.pass(4_900);
    assert.equal(silent(), 0);
    await clock.pass(2_100);
    assert.equal(silent(), 2_000);
    commits[1]?.([{ results: [] }]);
    await Promise.all(writes);
    await clock.pass(60_000);
    assert.equal(silent(), 0);
  });
});
