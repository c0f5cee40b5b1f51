import assert from 'node:assert/strict';
import path from 'node:path';
import type { Origin, OutboxJournal } from '../../../../src/delivery/outbound/journal.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';
import { message, temporaryFolder, text } from '../../store/helpers.js';

/** When a call to the store loses its answer: before it had its effect, or after. */
type Loss = 'before' | 'after' | undefined;

/** A journal in a real store, to which the connection is lost as the test says. */
class LossyJournal extends StoreJournal {
  loss: Record<'add' | 'remove' | 'load' | 'usage' | 'revoke', Loss> = {
    ...{
      add: undefined,
      remove: undefined,
      load: undefined,
      usage: undefined,
      revoke: undefined,
    },
  };

  override add(given: WireMessage, origin: Origin) {
    return this.lose('add', () => super.add(given, origin));
  }
  override remove(ids: readonly number[]) {
    return this.lose('remove', () => super.remove(ids));
  }
  override revoke(origins: readonly string[]) {
    return this.lose('revoke', () => super.revoke(origins));
  }
  override load(...parameters: Parameters<OutboxJournal['load']>) {
    return this.lose('load', () => super.load(...parameters));
  }
  override usage() {
    return this.lose('usage', () => super.usage());
  }

  private async lose<T>(call: keyof LossyJournal['loss'], work: () => Promise<T>): Promise<T> {
    if (this.loss[call] === 'before') throw lost();
    const answer = await work();
    if (this.loss[call] === 'after') throw lost();
    return answer;
  }
}

const lost = (): GridwireError => new GridwireError('STORE_UNAVAILABLE', 'The connection was lost.');

describe('an outbox whose store does not answer', () => {
  let store: EventStore;
  let remove: () => void;
  let journal: LossyJournal;
  let clock: ManualClock;
  let broker: ScriptedBroker;
  const given: string[] = [];

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    store = await openSqliteStore({
      kind: 'sqlite',
      file: path.join(temporary.folder, 'store.db'),
    });
    clock = new ManualClock();
    broker = new ScriptedBroker();
    given.length = 0;
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  function open(count = 1000): Outbox {
    journal = new LossyJournal(() => Promise.resolve(store), 'q');
    const onLost = (_error: GridwireError, { body }: WireMessage): void =>
      void given.push(Buffer.from(body).toString());
    return new Outbox(broker, { maxCount: count }, { durable: { journal, onLost }, clock });
  }
  const rows = async (): Promise<string[]> =>
    (await store.outbox.peek('q', 0, 100)).map((entry) => text(entry.message));
  const sent = (): string[] => broker.published.map((each) => each.text);

  for (const loss of ['before', 'after'] as const) {
    it(`sends nothing that it has told as not kept, with the answer lost ${loss} the commit, and counts right`, async () => {
      const outbox = open(2);
      journal.loss.add = loss;
      await assert.rejects(outbox.send(message('t', 'told as failed')), {
        code: 'STORE_UNAVAILABLE',
      });
      journal.loss.add = undefined;
      broker.respond = () => undefined;
      await Promise.all([outbox.send(message('t', '1')), outbox.send(message('t', '2'))]);
      assert.deepEqual([sent(), outbox.size, outbox.waiting], [['1', '2'], 0, 0]);
      outbox.close();
      await outbox.atRest(1_000);
      assert.deepEqual(await rows(), []);
      assert.deepEqual(await nextLife(), []);
    });
  }

  it('takes back what a failed sending has left, though the event has expired as it was written once more', async () => {
    const answers: (() => void)[] = [];
    /** The first write is made, and its answer lost; the second one takes long. */
    class SlowJournal extends StoreJournal {
      override async add(given: WireMessage, origin: Origin) {
        const isFirst = answers.length === 0;
        const answered = new Promise<void>((resolve) => answers.push(resolve));
        if (!isFirst) await answered;
        const row = await super.add(given, origin);
        if (!isFirst) return row;
        await answered;
        throw lost();
      }
    }
    broker.become('disconnected');
    const slow = new SlowJournal(() => Promise.resolve(store), 'q');
    const onLost = (error: GridwireError): void => void given.push(error.code);
    const outbox = new Outbox(broker, { maxAge: 20_000 }, { durable: { journal: slow, onLost }, clock });
    const origin: Origin = { name: 'n', found: 'same' };
    const send = (): Promise<string> =>
      outbox.send(message('t', 'a'), {}, origin).then(
        () => 'taken',
        (error: unknown) => (error as GridwireError).code,
      );
    const both = [send(), send()];
    await until('both are being written', async () => answers.length === 2 && (await rows()).length === 1);
    answers[0]?.();
    assert.equal(await both[0], 'STORE_UNAVAILABLE');
    await clock.pass(20_001);
    assert.equal(await both[1], 'OUTBOX_EXPIRED');
    answers[1]?.();
    await until('the row is taken back', async () => (await rows()).length === 0);
    await until('nothing is counted', () => outbox.size === 0);
    assert.deepEqual([given, sent()], [[], []], 'both were told already');
    outbox.close();
  });

  /** What a next process finds, and sends. */
  async function nextLife(): Promise<string[]> {
    const [next, before] = [open(), broker.published.length];
    await until(
      'everything is sent',
      async () => (await store.outbox.usage('q')).count === 0 && next.size === 0,
    );
    next.close();
    return sent().slice(before);
  }

  it('takes back, as soon as the store answers, what it has told as not kept', async () => {
    const outbox = open();
    journal.loss = { ...journal.loss, add: 'after', revoke: 'before' };
    await assert.rejects(outbox.send(message('t', 'a')), {
      code: 'STORE_UNAVAILABLE',
    });
    assert.deepEqual(await rows(), ['a']);
    journal.loss = { ...journal.loss, add: undefined, revoke: undefined };
    await clock.pass(2_000);
    await until('no row is left', async () => (await rows()).length === 0);
    assert.deepEqual(sent(), []);
    outbox.close();
  });

  it('keeps once an event that its source brings again after a lost answer', async () => {
    const outbox = open();
    broker.respond = () => undefined;
    const origin = { name: 'orders/0/17#publish#0', found: 'other' } as const;
    journal.loss = { ...journal.loss, add: 'after', revoke: 'before' };
    await assert.rejects(outbox.send(message('t', 'a'), {}, origin), {
      code: 'STORE_UNAVAILABLE',
    });
    journal.loss = { ...journal.loss, add: undefined, revoke: undefined };
    await outbox.send(message('t', 'a'), {}, { ...origin, found: 'same' });
    await clock.pass(10_000);
    assert.deepEqual(sent(), ['a']);
    outbox.close();
    await outbox.atRest(1_000);
    assert.deepEqual(await rows(), []);
  });

  it('does not send again what is acknowledged, though its removal does not succeed for a while', async () => {
    const outbox = open();
    broker.respond = () => undefined;
    journal.loss.remove = 'before';
    await Promise.all(['1', '2', '3'].map((each) => outbox.send(message('t', each))));
    await clock.pass(10_000);
    assert.deepEqual((await rows()).length, 3);
    journal.loss.remove = undefined;
    await clock.pass(2_000);
    await until('no row is left', async () => (await rows()).length === 0);
    assert.deepEqual(sent(), ['1', '2', '3']);
    outbox.close();
  });

  it('sends a letter whose commit lost its answer, if it was committed', async () => {
    const outbox = open();
    broker.respond = () => undefined;
    const publish = message('dlt', 'letter');
    const commit = async (): Promise<number> => {
      await store.settle({ queue: 'q', publish });
      throw lost();
    };
    await assert.rejects(outbox.post(publish, commit), {
      code: 'STORE_UNAVAILABLE',
    });
    await until('it is sent', () => sent().length === 1);
    await until('no row is left', async () => (await rows()).length === 0);
    assert.equal(outbox.size, 0);
    outbox.close();
  });

  it('goes on when the store could not say what it holds, and tells whoever sends meanwhile', async () => {
    await store.outbox.add('q', [message('t', 'left')]);
    journal = new LossyJournal(() => Promise.resolve(store), 'q');
    journal.loss.usage = 'before';
    const outbox = new Outbox(broker, {}, { durable: { journal, onLost: () => undefined }, clock });
    broker.respond = () => undefined;
    await assert.rejects(outbox.send(message('t', 'new')), {
      code: 'STORE_UNAVAILABLE',
    });
    journal.loss.usage = undefined;
    await clock.pass(2_000);
    await until('what was left is sent', async () => {
      await clock.pass(1_000);
      return sent().length === 1;
    });
    await outbox.send(message('t', 'next'));
    assert.deepEqual(sent(), ['left', 'next']);
    outbox.close();
  });
});
