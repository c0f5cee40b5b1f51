import assert from 'node:assert/strict';
import type { EventStore } from '../../../src/store/event-store.js';
import { message, text } from './helpers.js';

/** The part of a store by which messages wait; the simulated store is held to it as well. */
export type QueueParts = Pick<EventStore, 'settle'> & {
  outbox: Pick<EventStore['outbox'], 'addNamed' | 'revoke' | 'peek' | 'remove' | 'usage'>;
  parked: Pick<EventStore['parked'], 'takeUp' | 'due' | 'nextDueAt' | 'waiting' | 'decide'>;
  deduplication: Pick<EventStore['deduplication'], 'seen'>;
};

/** What inbox and outbox rely on: SQLite, PostgreSQL and the simulator's store behave alike. */
export function queueSuite(open: () => Promise<{ store: QueueParts; close: () => Promise<void> }>): void {
  let store: QueueParts;
  let close: () => Promise<void>;
  beforeEach(async () => ({ store, close } = await open()));
  afterEach(() => close());

  const park = (key: string, nextAttemptAt: number, more: object = {}) =>
    store.settle({
      queue: 'q',
      park: { key, message: message(key, key), attempts: 1, nextAttemptAt, reason: 'r', at: 1_000, ...more },
    });
  const dueKeys = async (now: number, except: string[] = []): Promise<string[]> =>
    (await store.parked.due('q', now, 10, except)).map(({ key }) => key);

  it('answers writes in the order of the calls, with ids that grow', async () => {
    const answered: string[] = [];
    const add = async (name: string): Promise<number> => {
      const { id } = await store.outbox.addNamed('q', {
        message: message(name),
        origin: name,
        found: 'never',
      });
      answered.push(name);
      return id;
    };
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map(add));
    assert.deepEqual(answered, ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      ids,
      [...ids].sort((one, other) => one - other),
    );
    assert.deepEqual(
      (await store.outbox.peek('q', 0, 10)).map(({ id }) => id),
      ids,
    );
  });

  it('finds the row of an event that comes again, and frees a name that is another one’s now', async () => {
    const add = (body: string, found: 'same' | 'other') =>
      store.outbox.addNamed('q', { message: message('t', body), origin: 'name', found });
    const first = await add('first', 'other');
    assert.equal(first.existed, false);
    assert.deepEqual(await add('first', 'same'), { id: first.id, existed: true });
    const second = await add('second', 'other');
    assert.equal(second.existed, false);
    assert.deepEqual(await add('second', 'same'), { id: second.id, existed: true });
    const rows = await store.outbox.peek('q', 0, 10);
    assert.deepEqual(
      rows.map((row) => [text(row.message), row.origin]),
      [
        ['first', undefined],
        ['second', 'name'],
      ],
    );
    await store.outbox.revoke('q', ['name', 'unknown']);
    const { count, newestId } = await store.outbox.usage('q');
    assert.deepEqual([count, newestId], [1, first.id]);
    await store.outbox.remove('q', [first.id, 999]);
    assert.equal((await store.outbox.usage('q')).count, 0);
  });

  it('gives what is due, earliest first, without those that are left out', async () => {
    await park('late', 30_000);
    await park('b', 20_000);
    await park('a', 20_000);
    assert.deepEqual(await dueKeys(19_999), []);
    assert.deepEqual(await dueKeys(20_000), ['a', 'b']);
    assert.deepEqual(await dueKeys(40_000, ['b']), ['a', 'late']);
    assert.equal(await store.parked.nextDueAt('q', 20_000), 30_000);
    assert.equal(await store.parked.nextDueAt('q', 30_000), undefined);
    assert.equal(await store.parked.waiting('q'), 3);
    assert.equal(await store.parked.waiting('other'), 0);
  });

  it('lets what a dead owner worked on fall due, and what a clock wrote that was set back since', async () => {
    await park('kept', 90_000, { kind: 'kept' });
    await park('future', 90_000, { at: 80_000 });
    await park('waits', 90_000);
    await park('held', 90_000, { kind: 'held', by: 'device' });
    assert.deepEqual(await store.parked.takeUp('q', 50_000), [{ by: 'device', count: 1 }]);
    assert.deepEqual((await dueKeys(50_000)).sort(), ['future', 'kept']);
    assert.equal(await store.parked.waiting('q'), 3);
    assert.equal(await store.parked.decide('q', 'device', 50_000), 1);
    assert.deepEqual((await dueKeys(50_000)).sort(), ['future', 'held', 'kept']);
  });

  it('settles in one commit or not at all, as often as it is asked to', async () => {
    await park('a', 20_000);
    const settled = { queue: 'q', release: 'a', mark: { scope: 's', key: 'id', at: 5_000 } };
    await store.settle(settled);
    await store.settle(settled);
    assert.deepEqual(await dueKeys(90_000), []);
    assert.deepEqual([...(await store.deduplication.seen('s', ['id', 'other']))], ['id']);
    assert.deepEqual([...(await store.deduplication.seen('s', ['id'], 6_000))], []);
  });
}
