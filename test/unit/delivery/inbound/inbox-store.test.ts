import assert from 'node:assert/strict';
import { InboxQueueStore } from '../../../../src/delivery/inbound/inbox-store.js';
import { letter, message } from '../../store/helpers.js';
import { onEachStore } from '../../../support/stores.js';

onEachStore('inbox: the letters of one moment', (stores) => {
  it('are told apart by their headers, and one whose answer was lost is not written twice', async () => {
    const store = await stores.open();
    const queue = new InboxQueueStore({
      open: () => Promise.resolve(store),
      nameIn: () => Promise.resolve('q'),
      scope: 'q',
    });
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
});
