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

  it('begins the next commit before it tells all of a large one, and tells them in order', async () => {
    const commits: number[] = [];
    const answers: (() => void)[] = [];
    const queue = new WriteQueue(
      (units) =>
        new Promise((resolve) => {
          commits.push(units.length);
          answers.push(() => {
            resolve(units.map(() => ({ results: [] })));
          });
        }),
      { pendingBytes: 1_000_000, rowsPerCommit: 200 },
      'postgres',
    );
    const told: number[] = [];
    const writes = Array.from({ length: 400 }, async (_, number) => {
      await queue.push([{ sql: 'INSERT', parameters: [number] }]);
      told.push(number);
    });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    while (answers.length < 1) await turn();
    answers[0]?.();
    while (answers.length < 2) await turn();
    assert.ok(told.length < 200, `${told.length} were told before the next began`);
    // The second is answered before all of the first have been told.
    answers[1]?.();
    await Promise.all(writes);
    await queue.drain();
    assert.deepEqual(commits, [200, 200]);
    assert.deepEqual(
      told,
      Array.from({ length: 400 }, (_, number) => number),
    );
    assert.deepEqual(queue.pending, { units: 0, bytes: 0 });
  });
});
