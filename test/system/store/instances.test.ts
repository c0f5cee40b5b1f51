import assert from 'node:assert/strict';
import { Outbox } from '../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../src/delivery/outbound/store-journal.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.js';
import { ScriptedBroker } from '../../support/scripted-broker.js';
import { until } from '../../support/wait.js';
import { message, text } from '../../unit/store/helpers.js';
import { needsPostgres, TestDatabase } from '../../support/postgres.js';

const QUEUE = 'publish 1a2b';

/** Several processes with the same flow, and so with the same node ids, in one database. */
describe('store: instances that share a PostgreSQL', () => {
  let database: TestDatabase;
  const open = new Set<EventStore>();

  before(function () {
    needsPostgres(this);
  });
  beforeEach(async () => {
    database = await TestDatabase.create();
  });
  afterEach(async () => {
    for (const store of open) await close(store);
    await database.drop();
  });

  async function instance(name: string): Promise<EventStore> {
    const store = await openPostgresStore({ ...database.settings, instance: name });
    open.add(store);
    return store;
  }

  async function close(store: EventStore): Promise<void> {
    open.delete(store);
    await store.close();
  }

  /** What waits for a broker in the queue as this instance sees it. */
  async function waiting(store: EventStore): Promise<string[]> {
    const entries = await store.outbox.peek(await store.ownQueue(QUEUE), 0, 100);
    return entries.map((entry) => text(entry.message));
  }

  async function put(store: EventStore, body: string): Promise<void> {
    await store.outbox.add(await store.ownQueue(QUEUE), [message('t', body)]);
  }

  async function park(store: EventStore, queue: string, key: string): Promise<void> {
    const parked = { key, message: message('t', key), attempts: 1, nextAttemptAt: 0, reason: 'no' };
    await store.parked.park(queue, [parked]);
  }

  it('each send what they accepted themselves, after a restart too, and nothing of the others', async () => {
    for (const name of ['a', 'b']) {
      const store = await instance(name);
      const away = new ScriptedBroker();
      away.become('disconnected');
      const outbox = outboxOf(store, away);
      for (const number of [1, 2, 3]) void outbox.send(message('t', `${name}${number}`));
      await until('all are kept', () => outbox.size === 3);
      await until('all are in the store', async () => (await waiting(store)).length === 3);
      outbox.close();
      await outbox.atRest(1_000);
    }
    for (const store of open) await store.close();
    open.clear();

    // Both are back before either takes up what was left.
    const stores = [await instance('a'), await instance('b')];
    const brokers = stores.map((store) => {
      const broker = new ScriptedBroker();
      broker.respond = () => undefined;
      return { broker, outbox: outboxOf(store, broker) };
    });
    for (const { broker, outbox } of brokers) {
      await until('they are sent', () => broker.published.length >= 3);
      await until('nothing waits', () => outbox.waiting === 0);
      outbox.close();
      await outbox.atRest(1_000);
    }
    assert.deepEqual(
      brokers.map(({ broker }) => broker.published.map((each) => each.text)),
      [
        ['a1', 'a2', 'a3'],
        ['b1', 'b2', 'b3'],
      ],
    );
  });

  function outboxOf(store: EventStore, broker: ScriptedBroker): Outbox {
    const journal = new StoreJournal(() => Promise.resolve(store), QUEUE);
    return new Outbox(broker, {}, { durable: { journal, onLost: () => undefined } });
  }

  it('find what a version left that had one queue for all: one of them, all of it, in order', async () => {
    const older = await instance('older');
    await older.outbox.add(QUEUE, [message('t', '1'), message('t', '2')]);
    await park(older, QUEUE, 'parked');
    await close(older);

    const [a, b] = [await instance('a'), await instance('b')];
    const found = await Promise.all([waiting(a), waiting(b)]);
    assert.deepEqual(found.flat(), ['1', '2']);
    assert.ok(found.some((each) => each.length === 0));
    const parked = await Promise.all(
      [a, b].map(async (store) => store.parked.due(await store.ownQueue(QUEUE), Date.now(), 10)),
    );
    assert.deepEqual(
      parked.flat().map(({ key }) => key),
      ['parked'],
    );
  });

  it('take up what an instance left that is gone, and not what one has that is there', async () => {
    const [gone, there] = [await instance('gone/1'), await instance('there')];
    await put(gone, 'left');
    await park(gone, await gone.ownQueue(QUEUE), 'parked');
    await put(there, 'at work');
    await close(gone);

    const next = await instance('next');
    assert.deepEqual(await waiting(next), ['left']);
    assert.equal((await next.parked.usage(await next.ownQueue(QUEUE))).count, 1);
    assert.deepEqual(await waiting(there), ['at work']);
    const back = await instance('gone/1');
    assert.deepEqual(await waiting(back), []);
  });

  it('inherit while they run what waits for another attempt, due at once, and what is held as it is', async () => {
    const [gone, next] = [await instance('gone'), await instance('next')];
    const own = await next.ownQueue(QUEUE);
    const left = await gone.ownQueue(QUEUE);
    const rows = [
      { key: 'parked', kind: 'parked' },
      { key: 'kept', kind: 'kept' },
      { key: 'held', kind: 'held', by: 'A' },
    ] as const;
    const later = { attempts: 1, nextAttemptAt: Number.MAX_SAFE_INTEGER, reason: 'no' };
    await gone.parked.park(
      left,
      rows.map((row) => ({ ...row, ...later, message: message('t', row.key) })),
    );
    await close(gone);
    await until('it is known that the other is gone', async () => (await next.inherit()).length > 0, 30_000);
    const due = await next.parked.due(own, Date.now(), 10);
    assert.deepEqual(due.map(({ key, kind }) => [key, kind]).sort(), [
      ['kept', 'parked'],
      ['parked', 'parked'],
    ]);
    assert.deepEqual(await next.parked.takeUp(own, Date.now()), [{ by: 'A', count: 1 }]);
  });

  it('inherit from a dead one though the clock of the database was set back by hours', async () => {
    const [dead, next] = [await instance('dead'), await instance('next')];
    await put(dead, 'left');
    const own = await next.ownQueue(QUEUE);
    await close(dead);
    // As it stands there when its process was killed before the clock was set.
    await database.query(
      `UPDATE gridwire_leases SET expires_at = (extract(epoch FROM clock_timestamp()) * 1000)::int8 + 5 * 3600000
        WHERE name = 'dead'`,
    );
    await until('the dead one is known', async () => (await next.inherit()).length > 0, 30_000);
    assert.deepEqual(
      (await next.outbox.peek(own, 0, 10)).map((entry) => text(entry.message)),
      ['left'],
    );
  });

  it('leave the queues of other nodes alone', async () => {
    const gone = await instance('gone');
    await gone.outbox.add(await gone.ownQueue(`${QUEUE} to 3c4d`), [message('t', 'another node')]);
    await close(gone);
    const next = await instance('next');
    assert.deepEqual(await waiting(next), []);
    const [left] = await next.outbox.queues();
    assert.deepEqual([left?.queue, left?.count], [`gone/${QUEUE} to 3c4d`, 1]);
  });
});
