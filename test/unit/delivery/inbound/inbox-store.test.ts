import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../../src/clock.js';
import { InboxQueueStore } from '../../../../src/delivery/inbound/inbox-store.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { letter, message } from '../../store/helpers.js';
import { onEachStore } from '../../../support/stores.js';

onEachStore('inbox: the letters of one moment', (stores) => {
  it('are told apart by their headers, and one whose answer was lost is not written twice', async () => {
    const store = await stores.open();
    const queue = queueOf(store, systemClock);
    const of = (device: string) => ({
      letter: letter('t', '', { message: message('t', 'on', { headers: { device } }) }),
    });
    await queue.write(of('one'), false);
    await queue.write(of('two'), true);
    await queue.write(of('two'), true);
    const letters = await store.deadLetters.list({}, 0, 10);
    assert.deepEqual(
      letters.map(({ message: { headers } }) => headers['device']),
      ['one', 'two'],
    );
  });

  it('counts the time to live on while the store is away: a late write is no clock that was set', async () => {
    const store = await stores.open();
    const clock = new ManualClock();
    const queue = queueOf(store, clock);
    const begun = clock.now();
    const row = { key: 'k', message: message('t', 'x'), attempts: 1, reason: 'r' };
    const park = { ...row, at: begun, nextAttemptAt: begun, expiresAt: begun + 5_000 };
    // Asked for, and written a minute later.
    await clock.pass(60_000);
    await queue.write({ park }, true);
    await queue.begin(clock.now());
    const { due } = await queue.load(clock.now(), 10, []);
    assert.deepEqual(
      due.map(({ expiresAt = NaN }) => expiresAt - begun),
      [5_000],
    );
  });

  it('counts the time to live on while a decision waits for the store: a late command is not in time by it', async () => {
    const store = await stores.open();
    const clock = new ManualClock();
    const queue = queueOf(store, clock);
    const decided = clock.now();
    const held = { key: 'k', message: message('t', 'x'), kind: 'held', by: 'device' } as const;
    const times = { at: decided, nextAttemptAt: decided, expiresAt: decided + 5_000 };
    await queue.write({ park: { ...held, ...times, attempts: 1, reason: 'r' } }, false);
    // Decided at once, and carried out a minute later.
    await clock.pass(60_000);
    await queue.decide({ by: 'device' }, decided);
    await queue.begin(clock.now());
    const { due } = await queue.load(clock.now(), 10, []);
    assert.deepEqual(
      due.map(({ expiresAt = NaN }) => expiresAt - decided),
      [5_000],
    );
  });
});

function queueOf(store: EventStore, clock: Clock): InboxQueueStore {
  const open = (): Promise<EventStore> => Promise.resolve(store);
  return new InboxQueueStore({ open, nameIn: () => Promise.resolve('q'), scope: 'q', clock });
}
