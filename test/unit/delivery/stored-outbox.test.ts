import assert from 'node:assert/strict';
import path from 'node:path';
import { StoredOutbox } from '../../../src/delivery/stored-outbox.js';
import { GridwireError } from '../../../src/errors.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { message, temporaryFolder } from '../store/helpers.js';

describe('delivery: stored outbox', () => {
  let store: EventStore;
  let remove: () => void;
  const sent: string[] = [];

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    sent.length = 0;
    store = await openSqliteStore({ kind: 'sqlite', file: path.join(temporary.folder, 'store.db') });
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  const empty = async (): Promise<void> => {
    while ((await store.outbox.usage('q')).count > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it('publishes what an earlier process left, in order, and removes it after the acknowledgement', async () => {
    await store.outbox.add(
      'q',
      Array.from({ length: 250 }, (_, index) => message(`t/${index}`)),
    );
    const outbox = new StoredOutbox(
      () => Promise.resolve(store.outbox),
      'q',
      ({ topic }) => Promise.resolve(sent.push(topic)),
      () => assert.fail('nothing is refused'),
    );
    outbox.wake();
    await empty();
    await outbox.close();
    assert.deepEqual(
      sent,
      Array.from({ length: 250 }, (_, index) => `t/${index}`),
    );
  });

  it('keeps what the broker cannot take now, and tells of what it will never take', async () => {
    await store.outbox.add('q', [message('never'), message('later')]);
    const refused: string[] = [];
    const outbox = new StoredOutbox(
      () => Promise.resolve(store.outbox),
      'q',
      ({ topic }) =>
        Promise.reject(
          topic === 'never'
            ? new GridwireError('BROKER_REFUSED', 'no')
            : new GridwireError('BROKER_CLOSED', 'closed'),
        ),
      (error, { topic }) => refused.push(`${topic} ${error.code}`),
    );
    outbox.wake();
    while (refused.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await outbox.close();
    assert.deepEqual(refused, ['never BROKER_REFUSED']);
    assert.deepEqual(
      (await store.outbox.peek('q', 0, 9)).map((entry) => entry.message.topic),
      ['later'],
    );
  });
});
