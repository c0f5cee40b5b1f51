import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { NO_PROGRESS, recover, type RecoveryPlan } from '../../../../src/delivery/history/recovery.js';
import { onEachStore } from '../../../support/stores.js';
import { letter, message, text } from '../../store/helpers.js';

onEachStore('store: recovery', (stores) => {
  let store: EventStore;
  const published: string[] = [];
  const isCommand = ({ type }: { type?: string }): boolean => type === 'device-command';
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
    const plan = { query: { topicFilter: 'a/#' }, isCommand, publish };
    const progress = await recover(store.deadLetters, plan);
    assert.deepEqual(progress, { ...NO_PROGRESS, recovered: 250 });
    assert.deepEqual(
      published,
      Array.from({ length: 250 }, (_, index) => `a/${index} body ${index}`),
    );
    assert.equal(await store.deadLetters.count({ states: ['recovered'] }), 250);
    assert.deepEqual(await recover(store.deadLetters, plan), NO_PROGRESS);
  });

  it('patches and validates before it publishes', async () => {
    await store.deadLetters.add([letter('a', '{"power":null}'), letter('a', 'hopeless')]);
    const progress = await recover(store.deadLetters, {
      query: {},
      isCommand,
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

  it('sends no letter as it is that does not hold all of its message, and one that was mended', async () => {
    await store.deadLetters.add([{ ...letter('a', 'half'), incomplete: true }, letter('b', 'whole')]);
    const plan: RecoveryPlan = { query: {}, isCommand, publish, attempts: 1 };
    const { recovered, failed, lastError } = await recover(store.deadLetters, plan);
    assert.deepEqual([published, recovered, failed], [['b whole'], 1, 1]);
    assert.match(lastError ?? '', /does not hold all/);
    const patch: RecoveryPlan['patch'] = ({ message: sent }) => ({ ...sent, body: Buffer.from('mended') });
    assert.equal((await recover(store.deadLetters, { ...plan, patch })).recovered, 1, 'it cost no attempt');
    assert.deepEqual(published, ['b whole', 'a mended']);
  });

  it('leaves poison alone after its attempts', async () => {
    await store.deadLetters.add([letter('a'), letter('b')]);
    const plan: RecoveryPlan = {
      query: {},
      isCommand,
      attempts: 2,
      publish: ({ topic }) =>
        topic === 'a' ? Promise.reject(new GridwireError('BROKER_REFUSED', 'never')) : Promise.resolve(),
    };
    assert.equal((await recover(store.deadLetters, plan)).failed, 1);
    assert.equal((await recover(store.deadLetters, plan)).failed, 1);
    assert.deepEqual(await recover(store.deadLetters, plan), { ...NO_PROGRESS, poison: 1 });
  });

  it('stops when the broker is away, and charges the letters nothing', async () => {
    await store.deadLetters.add(Array.from({ length: 250 }, () => letter('a')));
    let calls = 0;
    const progress = await recover(store.deadLetters, {
      query: {},
      isCommand,
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
    await store.deadLetters.beginAttempts([{ id: first!, message: message('sent') }]);
    assert.equal((await recover(store.deadLetters, { query: {}, isCommand, publish })).recovered, 2);
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
    const first = recover(store.deadLetters, { query: {}, isCommand, publish });
    await assert.rejects(recover(store.deadLetters, { query: {}, isCommand, publish }), {
      code: 'STORE_CONFLICT',
    });
    release();
    assert.equal((await first).recovered, 2);
    assert.equal((await recover(store.deadLetters, { query: {}, isCommand, publish })).recovered, 0);
    assert.deepEqual(sent, ['a', 'b']);
  });

  it('works on the letters that were there when it began, not on those that come of it', async () => {
    await store.deadLetters.add([letter('a', 'broken')]);
    let sent = 0;
    const failsAgain = async (again: WireMessage): Promise<void> => {
      sent += 1;
      await store.deadLetters.add([{ ...letter('a'), message: again }]);
    };
    const plan = { query: {}, isCommand, publish: failsAgain };
    assert.equal((await recover(store.deadLetters, plan)).recovered, 1);
    assert.equal(sent, 1);
    assert.equal(await store.deadLetters.count({ states: ['waiting'] }), 1);
  });

  it('counts the history of an event over all its letters, also through a patch', async () => {
    const [first] = await store.deadLetters.add([letter('a/b', 'broken')]);
    const plan: RecoveryPlan = {
      query: {},
      isCommand,
      patch: (found) => ({ ...found.message, body: Buffer.from(`patched ${text(found.message)}`) }),
      // A broker may spell the topic in its own way.
      publish: async (again) => {
        await store.deadLetters.add([{ ...letter('a'), message: { ...again, topic: 'a.b' } }]);
      },
    };
    for (let round = 1; round <= 3; round += 1)
      assert.equal((await recover(store.deadLetters, plan)).recovered, 1, `round ${round}`);
    assert.deepEqual(await recover(store.deadLetters, plan), { ...NO_PROGRESS, poison: 1 });
    const [last] = await store.deadLetters.list({ states: ['waiting'] }, 0, 9);
    assert.deepEqual([last?.lineage, last?.attempts], [first, 3]);
  });

  it('never sends what has expired, and a command only by its name', async () => {
    const command = { type: 'device-command' } as const;
    await store.deadLetters.add([
      letter('late', 'x', { message: message('late', 'x', { expiresAt: 999 }) }),
      letter('late/command', 'x', {
        ...command,
        message: message('late/command', 'x', { expiresAt: 1_000 }),
      }),
      letter('command', 'x', { ...command, message: message('command', 'x', { expiresAt: 5_000 }) }),
      letter('reading', 'x'),
    ]);
    const plan = { query: {}, isCommand, publish, now: () => 1_000 };
    const unnamed = await recover(store.deadLetters, plan);
    assert.deepEqual(unnamed, { ...NO_PROGRESS, recovered: 1, expired: 2, commands: 1 });
    const named = await recover(store.deadLetters, { ...plan, commands: ['device-command'] });
    assert.deepEqual(named, { ...NO_PROGRESS, recovered: 1, expired: 2 });
    assert.deepEqual(published, ['reading x', 'command x']);
    assert.equal(
      await store.deadLetters.count({ attemptsBelow: 1, states: ['waiting'] }),
      2,
      'nothing counted',
    );
  });

  it('charges a letter nothing for a repair that is wrong', async () => {
    await store.deadLetters.add([letter('a'), letter('b')]);
    const wrong: Partial<RecoveryPlan>[] = [
      { patch: () => Promise.reject(new Error('no such member')) },
      { patch: (found) => found.message, validate: () => Promise.reject(new Error('still broken')) },
    ];
    for (const more of wrong) {
      for (let round = 0; round < 4; round += 1) {
        const result = await recover(store.deadLetters, { query: {}, isCommand, publish, ...more });
        assert.deepEqual([result.failed, result.poison], [2, 0]);
      }
    }
    assert.equal(await store.deadLetters.count({ attemptsBelow: 1, states: ['waiting'] }), 2);
    const [first] = await store.deadLetters.list({}, 0, 1);
    assert.equal(first?.lastError, 'still broken');
  });
});
