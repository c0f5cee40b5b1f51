import assert from 'node:assert/strict';
import { Backlog, type JournalTask } from '../../../../src/delivery/outbound/backlog.js';

describe('the backlog of a durable outbox', () => {
  it('lets no newer event go first while it looks for rows that nobody counted', () => {
    const backlog = new Backlog({ count: 10, bytes: 10_000 });
    const tasks = (): JournalTask[] => [...backlog.tasks(0, { count: 0, bytes: 0 }, false)];
    assert.deepEqual(tasks(), [{ do: 'open' }]);
    backlog.opened({ count: 0, bytes: 0, newestId: 0 });
    assert.equal(backlog.isAllInMemory, true);

    backlog.search();
    assert.equal(backlog.written(2), false);
    assert.equal(backlog.isAllInMemory, false);
    assert.deepEqual(tasks(), [{ do: 'load', after: 0, count: 10, bytes: 10_000 }]);
    backlog.loaded([], () => false);
    backlog.nothingElse();
    assert.equal(backlog.isAllInMemory, true);
  });

  it('ends no search by a page that was asked for before it began', () => {
    const backlog = new Backlog({ count: 10, bytes: 10_000 });
    const tasks = (): JournalTask[] => [...backlog.tasks(0, { count: 0, bytes: 0 }, false)];
    tasks();
    backlog.opened({ count: 1, bytes: 1, newestId: 5 });
    assert.deepEqual(tasks(), [{ do: 'load', after: 0, count: 10, bytes: 10_000 }]);
    backlog.search();
    backlog.loaded([], () => false);
    assert.deepEqual(backlog.nothingElse(), []);
    assert.equal(backlog.isAllInMemory, false);
    assert.deepEqual(tasks(), [{ do: 'load', after: 0, count: 10, bytes: 10_000 }]);
  });

  it('is woken for a task that failed when its time comes, and not again and again while nothing wants it', () => {
    const backlog = new Backlog({ count: 10, bytes: 10_000 });
    backlog.opened({ count: 0, bytes: 0, newestId: 0 });
    backlog.failed('load', 0);
    assert.equal(backlog.wakeAt(0), 2_000);
    assert.deepEqual([...backlog.tasks(2_000, { count: 0, bytes: 0 }, false)], []);
    assert.equal(backlog.wakeAt(2_000), undefined);
  });
});
