import assert from 'node:assert/strict';
import path from 'node:path';
import type { Origin } from '../../../../src/delivery/outbound/journal.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import type { WireMessage } from '../../../../src/event.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';
import { message, temporaryFolder } from '../../store/helpers.js';

/** A journal whose queue another process takes when the test says so, and whose answers wait for the test. */
class TakenJournal extends StoreJournal {
  taken = 0;
  /** Answers that are held back, by call. */
  readonly late = { add: false, usage: false };
  readonly held: Record<'add' | 'usage', (() => void)[]> = { add: [], usage: [] };

  override generation(): number {
    return this.taken;
  }
  override add(given: WireMessage, origin: Origin) {
    return this.answer('add', super.add(given, origin));
  }
  override usage() {
    return this.answer('usage', super.usage());
  }

  release(call: 'add' | 'usage'): void {
    for (const go of this.held[call].splice(0)) go();
  }

  private async answer<T>(call: 'add' | 'usage', work: Promise<T>): Promise<T> {
    const answer = await work;
    if (this.late[call]) await new Promise<void>((resolve) => this.held[call].push(resolve));
    return answer;
  }
}

describe('an outbox whose queue another process took while this one slept', () => {
  let store: EventStore;
  let remove: () => void;
  let journal: TakenJournal;
  let broker: ScriptedBroker;
  let outbox: Outbox;
  let clock: ManualClock;

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    store = await openSqliteStore({ kind: 'sqlite', file: path.join(temporary.folder, 'store.db') });
    journal = new TakenJournal(() => Promise.resolve(store), 'q');
    broker = new ScriptedBroker();
    broker.become('disconnected');
    clock = new ManualClock();
    outbox = new Outbox(broker, {}, { durable: { journal, onLost: () => undefined }, clock });
  });
  afterEach(async () => {
    outbox.close();
    await store.close();
    remove();
  });

  const rows = async (): Promise<number> => (await store.outbox.peek('q', 0, 100)).length;
  /** What somebody who waits is told: that it is kept, though nothing was sent. */
  const kept = (text: string): { isKept: boolean } => {
    const told = { isKept: false };
    outbox.send(message('t', text)).then(
      (result) => (told.isKept = result === undefined),
      // What fails is not kept, and the test that waits for it says so.
      () => undefined,
    );
    return told;
  };

  it('says that what it was writing then is kept, though the queue is lost once more before it is open again', async () => {
    const first = kept('1');
    await until('the first is kept', async () => (await rows()) === 1);
    journal.late.add = journal.late.usage = true;
    const second = kept('2');
    await until('the second is written', () => journal.held.add.length === 1);
    journal.taken = 1;
    broker.become('connecting');
    await until('whoever waits for the first knows', () => first.isKept);
    await until('it is being opened', async () => {
      await clock.pass(100);
      return journal.held.usage.length === 1;
    });
    journal.release('add');
    await new Promise(setImmediate);
    journal.taken = 2;
    journal.release('usage');
    await until('whoever waits for the second knows', () => second.isKept);
    assert.deepEqual(broker.published, []);
  });
});
