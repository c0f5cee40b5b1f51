import assert from 'node:assert/strict';
import { Elsewhere, type OtherQueues } from '../../../../src/delivery/outbound/elsewhere.js';
import type { Origin } from '../../../../src/delivery/outbound/journal.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import { GridwireError } from '../../../../src/errors.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { onEachStore } from '../../../support/stores.js';
import { until } from '../../../support/wait.js';
import { message } from '../../store/helpers.js';

const again = (name: string): Origin => ({ name, found: 'same' });
const first = (name: string): Origin => ({ name, found: 'other' });
const BEFORE = 'publish n to a';

onEachStore('an event that waits in a queue that its node had before', (stores) => {
  let store: EventStore;
  let broker: ScriptedBroker;
  let clock: ManualClock;
  let outbox: Outbox | undefined;

  beforeEach(async () => {
    store = await stores.open();
    broker = new ScriptedBroker();
    broker.respond = () => undefined;
    clock = new ManualClock();
  });
  afterEach(async () => {
    outbox?.close();
    await outbox?.atRest(1_000);
    outbox = undefined;
  });

  const others = (more: Partial<OtherQueues> = {}): Elsewhere => {
    const isOne = (queue: string): boolean => queue.endsWith(BEFORE);
    const one = { open: () => Promise.resolve(store), isOne, isRequired: true, ...more };
    return new Elsewhere(() => [one], clock);
  };
  const journal = (queue: string): StoreJournal => new StoreJournal(() => Promise.resolve(store), queue);
  const durable = (queue: string) => ({ journal: journal(queue), onLost: () => undefined });
  const sent = (): string[] => broker.published.map(({ text }) => text);

  /** Events that wait for the node's former broker. */
  async function left(...names: string[]): Promise<void> {
    const away = new ScriptedBroker();
    away.become('disconnected');
    const former = new Outbox(away, {}, { durable: durable(BEFORE) });
    const waiting = names.map((name) => former.send(message('t', name), {}, first(name)));
    await until('all are kept', async () => (await leftRows()) === names.length);
    former.close();
    assert.deepEqual(
      await Promise.all(waiting),
      names.map(() => undefined),
    );
    await former.atRest(1_000);
  }
  const leftRows = async (): Promise<number> =>
    (await store.outbox.usage(await store.ownQueue(BEFORE))).count;

  for (const [what, make] of Object.entries({
    'with a store': () => new Outbox(broker, {}, { durable: durable('publish n to b'), elsewhere: others() }),
    'without one': () => new Outbox(broker, {}, { elsewhere: others() }),
  })) {
    it(`is not sent to its present broker as its source brings it again, ${what}`, async () => {
      await left('1', '2');
      const present = (outbox = make());
      const results = await Promise.all(
        ['1', '2', '3'].map((name) => present.send(message('t', name), {}, again(name))),
      );
      assert.deepEqual(
        results.map((result) => result?.success),
        [undefined, undefined, true],
      );
      assert.deepEqual([sent(), await leftRows()], [['3'], 2]);
    });

    it(`keeps those behind it in their order, ${what}`, async () => {
      await left('1');
      outbox = make();
      const { send } = { send: outbox.send.bind(outbox) };
      await Promise.all([
        send(message('t', '0'), {}, again('0')),
        send(message('t', '1'), {}, again('1')),
        send(message('t', '2'), {}, first('2')),
        send(message('t', '3'), {}, first('3')),
      ]);
      assert.deepEqual(sent(), ['0', '2', '3']);
    });
  }

  it('is found though its writing took longer than the deploy waited for it', async () => {
    let write = (): void => undefined;
    const slow = Object.create(store, {
      outbox: {
        value: Object.create(store.outbox, {
          addNamed: {
            value: async (...asked: Parameters<EventStore['outbox']['addNamed']>) => {
              await new Promise<void>((resolve) => (write = resolve));
              return store.outbox.addNamed(...asked);
            },
          },
        }) as unknown,
      },
    }) as EventStore;
    const away = new ScriptedBroker();
    away.become('disconnected');
    const slowJournal = new StoreJournal(() => Promise.resolve(slow), BEFORE);
    const former = new Outbox(away, {}, { durable: { journal: slowJournal, onLost: () => undefined } });
    const kept = former.send(message('t', '1'), {}, first('1'));
    await until('it is being written', () => former.size === 1);
    former.close();

    const elsewhere = others({ open: () => Promise.resolve(slow) });
    outbox = new Outbox(broker, {}, { durable: durable('publish n to b'), elsewhere });
    const again1 = outbox.send(message('t', '1'), {}, again('1'));
    write();
    assert.deepEqual(await Promise.all([kept, again1]), [undefined, undefined]);
    assert.deepEqual([sent(), await leftRows()], [[], 1]);
  });

  it('is not waited for where another outbox works at that queue now, which may be its successor', async () => {
    const away = new ScriptedBroker();
    away.become('disconnected');
    const present = new Outbox(away, {}, { durable: durable(BEFORE) });
    const waiting = present.send(message('t', '2'), {}, first('2'));
    await until('it is kept', async () => (await leftRows()) === 1);
    outbox = new Outbox(broker, {}, { elsewhere: others() });
    assert.equal((await outbox.send(message('t', '1'), {}, again('1')))?.success, true);
    present.close();
    await present.atRest(1_000);
    await waiting;
  });

  it('is another one if its name was used again, and does not stand for that one later', async () => {
    await left('name');
    outbox = new Outbox(broker, {}, { elsewhere: others() });
    // A look finds the queue.
    await outbox.send(message('t', 'a'), {}, again('a'));
    await outbox.send(message('t', 'new'), {}, first('name'));
    await outbox.send(message('t', 'new again'), {}, again('name'));
    assert.deepEqual([sent(), await leftRows()], [['a', 'new', 'new again'], 1]);
  });

  it('is waited for while its own store does not answer, and not where another store does not', async () => {
    await left('1');
    const away = (): Promise<never> => Promise.reject(new GridwireError('STORE_UNAVAILABLE', 'Away.'));
    outbox = new Outbox(broker, {}, { elsewhere: others({ open: away }) });
    await assert.rejects(outbox.send(message('t', '1'), {}, again('1')), { code: 'STORE_UNAVAILABLE' });
    assert.deepEqual(sent(), []);
    outbox.close();
    const silent = (): Promise<never> => new Promise(() => undefined);
    outbox = new Outbox(broker, {}, { elsewhere: others({ open: silent, isRequired: false }) });
    const sending = outbox.send(message('t', '1'), {}, again('1'));
    await clock.pass(2_000);
    assert.equal((await sending)?.success, true);
  });

  it('is looked for no more once a node has been there for a while and had nothing elsewhere', async () => {
    let looks = 0;
    const open = (): Promise<EventStore> => {
      looks += 1;
      return Promise.resolve(store);
    };
    outbox = new Outbox(broker, {}, { elsewhere: others({ open }) });
    for (let n = 0; n < 100; n += 1) {
      await outbox.send(message('t', String(n)), {}, again(String(n)));
      await clock.pass(1_000);
    }
    assert.equal(sent().length, 100);
    assert.ok(looks >= 2 && looks <= 8, `${looks} looks`);
  });
});
