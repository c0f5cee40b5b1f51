import assert from 'node:assert/strict';
import path from 'node:path';
import type { Origin } from '../../../../src/delivery/outbound/journal.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { SentBefore } from '../../../../src/delivery/outbound/sent-before.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';
import { message, temporaryFolder, text } from '../../store/helpers.js';

/** Longer than what waits in a journal is left to its sources first, milliseconds. */
const SOURCES_HAD_THEIR_TURN = 2_000;

describe('an event that its source brings to an outbox again', () => {
  let store: EventStore;
  let remove: () => void;
  let broker: ScriptedBroker;
  let clock: ManualClock;

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    store = await openSqliteStore({ kind: 'sqlite', file: path.join(temporary.folder, 'store.db') });
    broker = new ScriptedBroker();
    broker.become('disconnected');
    clock = new ManualClock();
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  function open(sentBefore = new SentBefore()): Outbox {
    const journal = new StoreJournal(() => Promise.resolve(store), 'q');
    return new Outbox(broker, {}, { durable: { journal, sentBefore, onLost: () => undefined }, clock });
  }
  const named = (name: string, found: Origin['found'] = 'same'): Origin => ({ name, found });
  const kept = async (): Promise<string[]> =>
    (await store.outbox.peek('q', 0, 100)).map((entry) => text(entry.message));
  const rows = async (): Promise<number> => (await store.outbox.usage('q')).count;
  const sent = (): string[] => broker.published.map((each) => each.text);

  /** What an earlier process had accepted when it ended. */
  async function left(...all: [name: string, body: string][]): Promise<void> {
    const outbox = open();
    const sending = all.map(([name, body]) => outbox.send(message('t', body), {}, named(name)));
    await until('all are kept', async () => (await rows()) === all.length);
    outbox.close();
    await Promise.all(sending);
    await outbox.atRest(1_000);
  }

  async function connect(): Promise<void> {
    await clock.pass(SOURCES_HAD_THEIR_TURN);
    broker.respond = () => undefined;
    broker.become('connected');
  }

  it('goes out as it is now, in its place: its messages come in another order each time', async () => {
    await left(['e#0', 'first'], ['f#0', 'another event']);
    const outbox = open();
    const all = [
      outbox.send(message('t', 'last'), {}, named('e#0')),
      outbox.send(message('t', 'first'), {}, named('e#1')),
    ];
    await until('both are kept', async () => (await rows()) === 3);
    await connect();
    await Promise.all(all);
    await until('all are sent', async () => (await rows()) === 0);
    assert.deepEqual(sent(), ['last', 'another event', 'first']);
    outbox.close();
  });

  it('goes out as it is now where what it was waits in memory', async () => {
    const outbox = open();
    const all = [outbox.send(message('t', 'as it was'), {}, named('e#0'))];
    await until('it waits', () => outbox.waiting === 1);
    await until('it is kept', async () => (await rows()) === 1);
    all.push(outbox.send(message('t', 'as it is, and longer'), {}, named('e#0')));
    await until('the row is another', async () => (await kept()).includes('as it is, and longer'));
    await connect();
    await Promise.all(all);
    assert.deepEqual([sent(), outbox.size], [['as it is, and longer'], 0]);
    outbox.close();
  });

  it('is not sent again when what an earlier process left of it has been sent, however late it comes', async () => {
    await left(['e#0', 'same'], ['f#0', 'with the time 1'], ['g#0', 'of another event']);
    const outbox = open();
    // It is opened by whoever sends first.
    const first = outbox.send(message('t', 'new'), {}, named('new', 'never'));
    await until('the first is kept', async () => (await rows()) === 4);
    await connect();
    await first;
    await until('all are sent', async () => broker.published.length === 4 && (await rows()) === 0);
    const again = await outbox.send(message('t', 'same'), {}, named('e#0'));
    assert.equal(again?.success, true);
    assert.equal(broker.published.length, 4);
    await outbox.send(message('t', 'with the time 2'), {}, named('f#0'));
    await outbox.send(message('t', 'of another event'), {}, named('g#0', 'other'));
    assert.deepEqual(sent().slice(4), ['with the time 2', 'of another event']);
    outbox.close();
  });

  it('is not sent again when the broker answered while a deploy closed its source, two deploys later', async () => {
    broker.become('connected');
    const sentBefore = new SentBefore();
    const first = open(sentBefore);
    const sending = first.send(message('t', 'same'), {}, named('e#0'));
    await until('it is at the broker', () => broker.open.length === 1);
    broker.open[0]?.answer();
    await sending;
    first.close();
    await first.atRest(1_000);
    const second = open(sentBefore);
    broker.respond = () => undefined;
    await second.send(message('t', 'another'), {}, named('f#0', 'never'));
    second.close();
    await second.atRest(1_000);
    const third = open(sentBefore);
    const again = await third.send(message('t', 'same'), {}, named('e#0'));
    assert.equal(again?.success, true);
    assert.deepEqual(sent(), ['same', 'another']);
    third.close();
  });
});
