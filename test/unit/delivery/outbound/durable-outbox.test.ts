import assert from 'node:assert/strict';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import { GridwireError } from '../../../../src/errors.js';
import { messageBytes } from '../../../../src/event.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';
import { message, temporaryFolder, text } from '../../store/helpers.js';

describe('outbox with a journal', () => {
  let store: EventStore;
  let remove: () => void;
  let journal: CountingJournal;
  const lost: string[] = [];

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    store = await openSqliteStore({ kind: 'sqlite', file: path.join(temporary.folder, 'store.db') });
    lost.length = 0;
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  function open(broker: ScriptedBroker, count = 1000): Outbox {
    journal = new CountingJournal(() => Promise.resolve(store), 'q');
    const onLost = (error: GridwireError): void => void lost.push(error.code);
    return new Outbox(broker, { maxCount: count }, { durable: { journal, onLost } });
  }
  const kept = async (): Promise<string[]> =>
    (await store.outbox.peek('q', 0, 100)).map((entry) => text(entry.message));

  it('keeps an event before it sends it, and forgets it after the acknowledgement', async () => {
    const broker = new ScriptedBroker();
    const outbox = open(broker);
    const sent = outbox.send(message('t', 'a'));
    await until('the event is handed over', () => broker.open.length === 1);
    assert.deepEqual(await kept(), ['a']);
    broker.open[0]?.answer();
    assert.equal((await sent)?.success, true);
    outbox.close();
    await outbox.atRest(100);
    assert.deepEqual(await kept(), []);
  });

  it('keeps its events in the queue that the store gives to this process', async () => {
    const broker = new ScriptedBroker();
    const { outbox: table, tenure } = store;
    const shared = { outbox: table, tenure, ownQueue: (queue: string) => Promise.resolve(`a/${queue}`) };
    const own = new StoreJournal(() => Promise.resolve(shared), 'q');
    const outbox = new Outbox(broker, {}, { durable: { journal: own, onLost: () => undefined } });
    const sent = outbox.send(message('t', 'a'));
    await until('the event is handed over', () => broker.open.length === 1);
    assert.equal((await store.outbox.usage('a/q')).count, 1);
    broker.open[0]?.answer();
    await sent;
    outbox.close();
    await outbox.atRest(100);
    assert.deepEqual(await store.outbox.queues(), []);
  });

  it('delivers in a second life what the first one left, in order, before anything new', async () => {
    const away = new ScriptedBroker();
    away.become('disconnected');
    const first = open(away);
    const waiting = ['1', '2', '3'].map((body) => first.send(message('t', body)));
    await until('all are kept', () => first.size === 3);
    while ((await kept()).length < 3);
    first.close();
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined, undefined]);

    const broker = new ScriptedBroker();
    broker.respond = () => undefined;
    const second = open(broker);
    await second.send(message('t', '4'));
    assert.deepEqual(
      broker.published.map((each) => each.text),
      ['1', '2', '3', '4'],
    );
    second.close();
    await second.atRest(100);
    assert.deepEqual(await kept(), []);
  });

  it('lets sources bring again what was left before it sends it, and sends it once', async () => {
    const named = { name: 'an event', found: 'same' } as const;
    const away = new ScriptedBroker();
    away.become('disconnected');
    const first = open(away);
    const waiting = first.send(message('t', 'a'), {}, named);
    await until('it is kept', async () => (await kept()).length === 1);
    first.close();
    assert.equal(await waiting, undefined);

    const broker = new ScriptedBroker();
    broker.respond = () => undefined;
    const second = open(broker);
    assert.equal((await second.send(message('t', 'a'), {}, named))?.success, true);
    assert.equal(broker.published.length, 1);
    second.close();
  });

  it('keeps what was under way when it was closed', async () => {
    const broker = new ScriptedBroker();
    const outbox = open(broker);
    const sent = outbox.send(message('t', 'a'));
    await until('the event is handed over', () => broker.open.length === 1);
    outbox.close();
    broker.become('disconnected');
    assert.equal(await sent, undefined);
    await outbox.atRest(100);
    assert.deepEqual(await kept(), ['a']);
  });

  it('tells of an event of an earlier life that the broker refuses, and forgets it', async () => {
    await store.outbox.add('q', [message('t', 'old')]);
    const broker = new ScriptedBroker();
    broker.respond = () => new GridwireError('BROKER_REFUSED', 'Refused.');
    const outbox = open(broker);
    await until('the loss is told', () => lost.length === 1);
    outbox.close();
    await outbox.atRest(100);
    assert.deepEqual([lost, await kept()], [['BROKER_REFUSED'], []]);
  });

  it('does not accept what it cannot keep', async () => {
    const broker = new ScriptedBroker();
    const outbox = open(broker);
    await store.close();
    await assert.rejects(outbox.send(message('t', 'a')), { code: 'STORE_UNAVAILABLE' });
    assert.deepEqual([outbox.size, broker.published.length], [0, 0]);
    outbox.close();
  });

  it('counts what an earlier life left among its limits', async () => {
    await store.outbox.add('q', [message('t', '1'), message('t', '2')]);
    const broker = new ScriptedBroker();
    broker.become('disconnected');
    const outbox = open(broker, 2);
    await assert.rejects(outbox.send(message('t', '3')), { code: 'OUTBOX_FULL' });
    outbox.close();
  });

  it('holds no more than a part in memory, whatever an earlier life left, and sends all of it in order', async () => {
    const left = Array.from({ length: 4_000 }, (_, index) => message('t', String(index)));
    await store.outbox.add('q', left);
    const broker = new ScriptedBroker();
    const outbox = open(broker, 10_000);
    const later = Array.from({ length: 3_000 }, (_, index) =>
      outbox.send(message('t', String(4_000 + index))),
    );
    await until('all are accepted', () => outbox.size === 7_000);
    assert.ok(journal.most <= 1_000, `${journal.most} in memory while the broker takes nothing`);
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await Promise.all(later);
    assert.ok(journal.most <= 1_000, `${journal.most} in memory while all is sent`);
    assert.deepEqual(
      broker.published.map((each) => Number(each.text)),
      Array.from({ length: 7_000 }, (_, index) => index),
    );
    outbox.close();
    await outbox.atRest(100);
    assert.deepEqual(await kept(), []);
  });

  it('counts bytes, not only events, among what it holds in memory', async () => {
    const body = 'x'.repeat(1_048_576);
    await store.outbox.add(
      'q',
      Array.from({ length: 19 }, (_, index) => message('t', `${index} ${body}`)),
    );
    const broker = new ScriptedBroker();
    const outbox = open(broker);
    await until('the window is used', () => broker.open.length > 0);
    assert.ok(journal.most <= 17, `${journal.most} MiB in memory`);
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await until('all are sent', () => outbox.size === 0);
    outbox.close();
  });

  it('keeps the body of no letter in memory beyond that part', async () => {
    const broker = new ScriptedBroker();
    broker.become('disconnected');
    const outbox = open(broker, 10_000);
    const held = (): number => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = held();
    for (let round = 0; round < 30; round += 1) {
      const letters = Array.from({ length: 100 }, () => message('dlt', Buffer.alloc(20_000).toString()));
      await Promise.all(
        letters.map((publish) =>
          outbox.post(publish, async () => (await store.settle({ queue: 'q', publish })) as number),
        ),
      );
    }
    assert.equal(outbox.waiting, 3_000);
    await until('no more than 16 MiB of the 60 MB are held', () => held() - before < 30_000_000);
    outbox.close();
  });

  it('lets live events pass what waits in the journal, and sends nothing twice', async () => {
    const left = Array.from({ length: 2_500 }, (_, index) => message('t', String(index)));
    await store.outbox.add('q', left);
    const broker = new ScriptedBroker();
    const outbox = open(broker, 10_000);
    await until('the window is full', () => broker.open.length === 100);
    const live = outbox.send(message('t', 'live'), { liveFirst: true });
    const ordered = outbox.send(message('t', 'ordered'));
    while ((await store.outbox.peek('q', 2_500, 9)).length < 2);
    broker.open.shift()?.answer();
    await until('the live one is next', () => broker.open.at(-1)?.message.body.length === 4);
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await Promise.all([live, ordered]);
    const texts = broker.published.map((each) => each.text);
    assert.equal(texts.indexOf('live'), 100);
    assert.deepEqual(
      texts.filter((text) => text !== 'live'),
      [...left.map((each) => text(each)), 'ordered'],
    );
    outbox.close();
    await outbox.atRest(100);
    assert.deepEqual(await kept(), []);
  });

  it('keeps the order of live events that found no room in memory, while the broker is there', async () => {
    const broker = new ScriptedBroker();
    const outbox = open(broker, 10_000);
    const given = Array.from({ length: 2_500 }, (_, index) => message('t', String(index)));
    const sent = given.map((each) => outbox.send(each, { liveFirst: true }));
    await until('all are kept', async () => (await store.outbox.usage('q')).count === given.length);
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await Promise.all(sent);
    assert.deepEqual(
      broker.published.map((each) => each.text),
      given.map((each) => text(each)),
    );
    outbox.close();
    await outbox.atRest(100);
  });

  it('commits a letter together with what belongs to it, or neither', async () => {
    const broker = new ScriptedBroker();
    broker.respond = () => undefined;
    const outbox = open(broker);
    const publish = message('dlt', 'letter');
    const settlement = { queue: 'q', publish, mark: { scope: 's', key: 'k', at: 1 } };
    await outbox.post(publish, async () => (await store.settle(settlement)) as number);
    await until('the letter is sent', () => broker.published.length === 1);
    assert.deepEqual(await store.deduplication.seen('s', ['k']), new Set(['k']));
    await store.close();
    await assert.rejects(
      outbox.post(publish, async () => (await store.settle(settlement)) as number),
      { code: 'STORE_UNAVAILABLE' },
    );
    assert.deepEqual([outbox.size, broker.published.length], [0, 1]);
    outbox.close();
  });

  it('tells whoever waits that a command has expired, also when it is not in memory', async () => {
    const broker = new ScriptedBroker();
    broker.become('disconnected');
    const outbox = open(broker, 10_000);
    const first = Array.from({ length: 1_500 }, () => outbox.send(message('t', 'x')));
    const command = outbox.send({ ...message('c', 'discharge'), expiresAt: Date.now() + 50 });
    await assert.rejects(command, { code: 'EVENT_EXPIRED' });
    broker.respond = () => undefined;
    broker.become('connected');
    await Promise.all(first);
    await until('nothing is left', () => outbox.size === 0);
    assert.equal(
      broker.published.some((each) => each.topic === 'c'),
      false,
    );
    outbox.close();
  });

  describe('from which somebody discards', () => {
    const rows = async (after: number, limit: number): Promise<{ id: number; bytes: number }[]> =>
      (await store.outbox.peek('q', after, limit)).map((row) => ({
        id: row.id,
        bytes: messageBytes(row.message),
      }));
    /** As the admin route does it. */
    const discard = async (outbox: Outbox, entries: { id: number; bytes: number }[]): Promise<void> => {
      outbox.discard(entries);
      const ids = entries.map(({ id }) => id);
      await store.outbox.remove('q', ids);
    };

    it('sends nothing of what waits in memory, and tells whoever waits for it', async () => {
      const broker = new ScriptedBroker();
      broker.become('disconnected');
      const outbox = open(broker);
      const [a, b, c] = ['a', 'b', 'c'].map((body) => outbox.send(message('t', body)));
      await until('all are kept', () => outbox.size === 3);
      while ((await kept()).length < 3);
      await Promise.all([
        assert.rejects(b!, { code: 'OUTBOX_DISCARDED', fault: 'permanent' }),
        discard(outbox, (await rows(0, 9)).slice(1, 2)),
      ]);
      assert.equal(outbox.size, 2);
      broker.respond = () => undefined;
      broker.become('connected');
      await Promise.all([a, c]);
      assert.deepEqual(
        broker.published.map((each) => each.text),
        ['a', 'c'],
      );
      assert.equal(outbox.losses.dropped, 0);
      outbox.close();
    });

    it('sends nothing of what waits in the journal only, and counts right what is left', async () => {
      const broker = new ScriptedBroker();
      broker.become('disconnected');
      const outbox = open(broker, 10_000);
      const all = Array.from({ length: 1_500 }, (_, index) => outbox.send(message('t', String(index))));
      await until('all are kept', () => outbox.size === 1_500);
      while ((await rows(1_499, 1)).length === 0);
      const refused = all
        .splice(1_200, 100)
        .map((each) => assert.rejects(each, { code: 'OUTBOX_DISCARDED' }));
      await discard(outbox, await rows(1_200, 100));
      await Promise.all(refused);
      assert.equal(outbox.size, 1_400);
      broker.respond = () => undefined;
      broker.become('connected');
      await Promise.all(all);
      assert.equal(broker.published.length, 1_400);
      assert.deepEqual(
        broker.published.filter(({ text }) => Number(text) >= 1_200 && Number(text) < 1_300),
        [],
      );
      assert.equal(outbox.size, 0);
      outbox.close();
    });

    it('lets what is under way end as the broker says, and sends it no second time', async () => {
      const broker = new ScriptedBroker();
      const outbox = open(broker);
      const [first, second] = ['1', '2'].map((body) => outbox.send(message(`t/${body}`, body)));
      await until('both are under way', () => broker.open.length === 2);
      await discard(outbox, await rows(0, 9));
      broker.open.shift()?.answer();
      assert.equal((await first)?.success, true);
      const refused = assert.rejects(second!, { code: 'OUTBOX_DISCARDED' });
      broker.become('disconnected');
      await refused;
      broker.become('connected');
      assert.deepEqual([broker.published.length, outbox.size], [2, 0]);
      outbox.close();
    });

    it('neither sends nor tells as a loss what an earlier life left', async () => {
      await store.outbox.add('q', [message('t', 'old'), message('t', 'kept')]);
      const broker = new ScriptedBroker();
      broker.become('disconnected');
      const outbox = open(broker);
      await until('both are known', () => outbox.size === 2);
      await until('both are in memory', () => journal.most === 2);
      await discard(outbox, await rows(0, 1));
      broker.respond = () => undefined;
      broker.become('connected');
      await until('all is sent', () => outbox.size === 0);
      assert.deepEqual([broker.published.map((each) => each.text), lost], [['kept'], []]);
      outbox.close();
    });
  });

  it('goes on when what waited was erased from the store', async () => {
    await store.outbox.add(
      'q',
      Array.from({ length: 1_500 }, () => message('t', 'x')),
    );
    const broker = new ScriptedBroker();
    const outbox = open(broker, 2_000);
    await until('the window is full', () => broker.open.length === 100);
    const erased = outbox.send(message('t', 'y'));
    await until('it is accepted', () => outbox.size === 1_501);
    await store.outbox.remove(
      'q',
      Array.from({ length: 1_501 }, (_, index) => index + 1),
    );
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await assert.rejects(erased, { code: 'OUTBOX_DROPPED' });
    await until('the outbox is empty', () => outbox.size === 0);
    outbox.close();
  });
});

/** Frees what nothing holds any more; Node offers it to whoever asks by a flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** A journal that counts what was read from it and not yet removed: the part in memory. */
class CountingJournal extends StoreJournal {
  most = 0;
  private now = 0;

  override async load(...parameters: Parameters<StoreJournal['load']>) {
    const entries = await super.load(...parameters);
    this.now += entries.length;
    this.most = Math.max(this.most, this.now);
    return entries;
  }

  override remove(ids: readonly number[]): Promise<void> {
    this.now -= ids.length;
    return super.remove(ids);
  }
}
