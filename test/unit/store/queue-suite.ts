import assert from 'node:assert/strict';
import type { EventStore } from '../../../src/store/event-store.js';
import { messageBytes } from '../../../src/event.js';
import { message, text } from './helpers.js';

/** The part of a store by which messages wait; the simulated store is held to it as well. */
export type QueueParts = Pick<EventStore, 'settle'> & {
  outbox: Pick<
    EventStore['outbox'],
    'addNamed' | 'named' | 'unname' | 'revoke' | 'peek' | 'remove' | 'usage'
  >;
  parked: Pick<
    EventStore['parked'],
    'takeUp' | 'due' | 'nextDueAt' | 'names' | 'waiting' | 'held' | 'decide'
  >;
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
    assert.deepEqual(await add('first', 'same'), { id: first.id, existed: true, changed: false });
    const second = await add('second', 'other');
    assert.equal(second.existed, false);
    assert.deepEqual(await add('second', 'same'), { id: second.id, existed: true, changed: false });
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

  it('gives the row of an event that comes again what the event is now, in its place', async () => {
    const add = (body: string, name: string) =>
      store.outbox.addNamed('q', { message: message('t', body), origin: name, found: 'same' });
    const first = await add('first', 'name');
    const other = await add('other', 'other name');
    assert.deepEqual(await add('longer than first', 'name'), { id: first.id, existed: true, changed: true });
    assert.deepEqual(await add('other', 'other name'), { id: other.id, existed: true, changed: false });
    const rows = await store.outbox.peek('q', 0, 10);
    assert.deepEqual(
      rows.map((row) => [row.id, text(row.message), row.origin]),
      [
        [first.id, 'longer than first', 'name'],
        [other.id, 'other', 'other name'],
      ],
    );
    const { bytes } = await store.outbox.usage('q');
    const ofRows = rows.map((row) => messageBytes(row.message));
    assert.equal(bytes, (ofRows[0] ?? 0) + (ofRows[1] ?? 0));
  });

  it('says which events wait in other queues, and frees their names there', async () => {
    const add = (queue: string, origin: string) =>
      store.outbox.addNamed(queue, { message: message('t', origin), origin, found: 'same' });
    await add('q', 'one');
    await add('r', 'two');
    await add('s', 'three');
    assert.deepEqual((await store.outbox.named(['q', 'r'], ['three', 'two', 'one'])).sort(), ['one', 'two']);
    assert.deepEqual(await store.outbox.named([], ['one']), []);
    await store.outbox.unname(['q', 's'], ['one', 'two']);
    const left = await store.outbox.named(['q', 'r', 's'], ['one', 'two', 'three']);
    assert.deepEqual(left.sort(), ['three', 'two']);
    assert.equal((await store.outbox.usage('q')).count, 1);
    assert.equal((await add('q', 'one')).existed, false);
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
    await park('named', 90_000, { origin: 'name' });
    assert.deepEqual(await store.parked.names('q', 10), [{ key: 'named', name: 'name' }]);
  });

  it('lets what a dead owner worked on fall due, and the rest wait as long as it had left, whatever the clock says', async () => {
    await park('kept', 90_000, { kind: 'kept' });
    await park('waits', 11_000);
    await park('set back', 290_000, { at: 280_000 });
    await park('expires', 11_000, { expiresAt: 61_000 });
    await park('held', Number.MAX_SAFE_INTEGER, { kind: 'held', by: 'device' });
    const now = 150_000;
    assert.deepEqual(await store.parked.takeUp('q', now), [{ by: 'device', count: 1 }]);
    assert.deepEqual(await store.parked.held('q'), [{ by: 'device', count: 1 }]);
    assert.deepEqual(await dueKeys(now), ['kept']);
    assert.equal(await store.parked.waiting('q'), 4);
    const due = await store.parked.due('q', now + 10_000, 10);
    assert.deepEqual(due.map(({ key }) => key).sort(), ['expires', 'kept', 'set back', 'waits']);
    const { expiresAt = 0 } = due.find(({ key }) => key === 'expires') ?? {};
    assert.ok(Math.abs(expiresAt - (now + 60_000)) < 30_000, `${expiresAt}`);
    assert.equal(await store.parked.decide('q', 'device', now), 1);
    assert.deepEqual(await store.parked.held('q'), []);
    assert.deepEqual((await dueKeys(now)).sort(), ['held', 'kept']);
    // Who takes it up once more finds all as it is.
    await store.parked.takeUp('q', now);
    assert.deepEqual((await dueKeys(now)).sort(), ['held', 'kept']);
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
