import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { recover, type RecoveryPlan } from '../../../../src/delivery/history/recovery.js';
import { onEachStore } from '../../../support/stores.js';
import { letter, text } from '../../store/helpers.js';

onEachStore('store: recovery', (stores) => {
  let store: EventStore;
  const published: string[] = [];
  const publish: RecoveryPlan['publish'] = (sent) => {
    published.push(`${sent.topic} ${text(sent)}`);
    return Promise.resolve();
  };

  beforeEach(async () => {
    published.length = 0;
    store = await stores.open();
  });

  it('republishes the selected letters under their topics, each once, and marks them', async () => {
    await store.deadLetters.add([
      ...Array.from({ length: 250 }, (_, index) => letter(`a/${index}`, `body ${index}`)),
      letter('b/0', 'not selected'),
    ]);
    const plan = { query: { topicFilter: 'a/#' }, publish };
    const progress = await recover(store.deadLetters, plan);
    assert.deepEqual(progress, { recovered: 250, failed: 0, poison: 0 });
    assert.deepEqual(
      published,
      Array.from({ length: 250 }, (_, index) => `a/${index} body ${index}`),
    );
    assert.equal(await store.deadLetters.count({ states: ['recovered'] }), 250);
    assert.deepEqual(await recover(store.deadLetters, plan), { recovered: 0, failed: 0, poison: 0 });
  });

  it('patches and validates before it publishes', async () => {
    await store.deadLetters.add([letter('a', '{"power":null}'), letter('a', 'hopeless')]);
    const progress = await recover(store.deadLetters, {
      query: {},
      patch: ({ message }) => ({ ...message, body: Buffer.from(text(message).replace('null', '5')) }),
      validate: (message) => {
        JSON.parse(text(message));
      },
      publish,
    });
    assert.deepEqual(published, ['a {"power":5}']);
    assert.equal(progress.recovered, 1);
    assert.equal(progress.failed, 1);
    const [waiting] = await store.deadLetters.list({ states: ['waiting'] }, 0, 9);
    assert.match(waiting?.lastError ?? '', /JSON/);
    assert.equal(text(waiting!.message), 'hopeless', 'the original bytes stay');
  });

  it('leaves poison alone after its attempts', async () => {
    await store.deadLetters.add([letter('a'), letter('b')]);
    const plan: RecoveryPlan = {
      query: {},
      attempts: 2,
      publish: ({ topic }) =>
        topic === 'a' ? Promise.reject(new GridwireError('BROKER_REFUSED', 'never')) : Promise.resolve(),
    };
    assert.equal((await recover(store.deadLetters, plan)).failed, 1);
    assert.equal((await recover(store.deadLetters, plan)).failed, 1);
    assert.deepEqual(await recover(store.deadLetters, plan), { recovered: 0, failed: 0, poison: 1 });
  });

  it('stops when the broker is away, and charges the letters nothing', async () => {
    await store.deadLetters.add(Array.from({ length: 250 }, () => letter('a')));
    let calls = 0;
    const progress = await recover(store.deadLetters, {
      query: {},
      publish: () => {
        calls += 1;
        return Promise.reject(new GridwireError('BROKER_DISCONNECTED', 'away'));
      },
    });
    assert.equal(calls, 100);
    assert.equal(progress.lastError, 'away');
    assert.equal(await store.deadLetters.count({ states: ['waiting'], attemptsBelow: 1 }), 250);
  });

  it('takes up letters that a crash left in the middle', async () => {
    const [first] = await store.deadLetters.add([letter('a'), letter('b')]);
    await store.deadLetters.beginAttempts([first!]);
    assert.equal((await recover(store.deadLetters, { query: {}, publish })).recovered, 2);
  });

  it('works alone in a store: a second one is refused, and finds nothing twice', async () => {
    await store.deadLetters.add([letter('a'), letter('b')]);
    const sent: string[] = [];
    let release: () => void = () => undefined;
    const acknowledged = new Promise<void>((resolve) => (release = resolve));
    const publish = async ({ topic }: { topic: string }): Promise<void> => {
      sent.push(topic);
      await acknowledged;
    };
    const first = recover(store.deadLetters, { query: {}, publish });
    await assert.rejects(recover(store.deadLetters, { query: {}, publish }), { code: 'STORE_CONFLICT' });
    release();
    assert.equal((await first).recovered, 2);
    assert.equal((await recover(store.deadLetters, { query: {}, publish })).recovered, 0);
    assert.deepEqual(sent, ['a', 'b']);
  });
});
