import assert from 'node:assert/strict';
import path from 'node:path';
import { Outbox } from '../../../src/delivery/outbox.js';
import { StoreJournal } from '../../../src/delivery/outbox-journal.js';
import { GridwireError } from '../../../src/errors.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { ScriptedBroker } from '../../support/scripted-broker.js';
import { until } from '../../support/wait.js';
import { message, temporaryFolder, text } from '../store/helpers.js';

describe('outbox with a journal', () => {
  let store: EventStore;
  let remove: () => void;
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
    const journal = new StoreJournal(() => Promise.resolve(store.outbox), 'q', { count, bytes: 1e6 });
    const onLost = (error: GridwireError): void => void lost.push(error.code);
    return new Outbox(broker, { maxCount: count }, () => undefined, { journal, onLost });
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
});
