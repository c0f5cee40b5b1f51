import assert from 'node:assert/strict';
import { once } from 'node:events';
import { GridwireError } from '../../../../src/errors.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import type { MirrorEntry } from '../../../../src/store/mirror-store.js';
import type { ReplayCursor } from '../../../../src/store/state-stores.js';
import { Pacer } from '../../../../src/delivery/history/pacer.js';
import { Replay, type ReplayPort } from '../../../../src/delivery/history/replay.js';
import { eventIds } from '../../../../src/delivery/history/event-id.js';
import { planDocument, REPLAY_MARK, type ReplayPlan } from '../../../../src/delivery/history/replay-plan.js';
import { onEachStore } from '../../../support/stores.js';
import { message, text } from '../../store/helpers.js';

onEachStore('store: replay', (stores) => {
  let store: EventStore;
  const published: string[] = [];
  const port: ReplayPort = {
    publish: (sent) => {
      published.push(sent.topic);
      return Promise.resolve();
    },
    isCommand: ({ type }) => type?.startsWith('command') ?? false,
  };
  const plan = (more: Partial<ReplayPlan> = {}): ReplayPlan => ({
    name: 'r',
    query: {},
    pace: { kind: 'unlimited' },
    ...more,
  });
  const topics = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => `replay/t/${from + index}`);

  beforeEach(async () => {
    published.length = 0;
    store = await stores.open();
  });

  const mirror = (count: number): Promise<void> =>
    store.mirror.append(
      Array.from({ length: count }, (_, index) => ({
        message: message(`t/${index}`, {}, { retain: true, expiresAt: 5 }),
        recordedAt: 1_000 + index,
      })),
    );

  it('sends what was selected again, in order, under a prefix and with a mark', async () => {
    await mirror(1_200);
    const sent: { topic: string; retain: boolean; expiresAt?: number; mark: unknown }[] = [];
    const replay = await Replay.prepare(store, plan({ query: { from: 1_100, topicFilter: 't/+' } }), {
      ...port,
      publish: ({ topic, retain, expiresAt, headers }) => {
        sent.push({
          topic,
          retain,
          mark: headers[REPLAY_MARK],
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
        return Promise.resolve();
      },
    });
    const result = await replay.run();
    assert.deepEqual(result, { state: 'done', done: 1_100, total: 1_100, leftOut: 0, refused: 0 });
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      topics(100, 1_200),
    );
    assert.deepEqual(sent[0], { topic: 'replay/t/100', retain: false, mark: 'r:101' });
    assert.equal(await store.replayCursors.get('r'), undefined);
  });

  it('replays to the original topics when told to, and never replays a replay', async () => {
    await mirror(1);
    await store.mirror.append([
      { message: message('replay/t/0', {}, { headers: { [REPLAY_MARK]: 'x:1' } }) },
    ]);
    const result = await (await Replay.prepare(store, plan({ prefix: '' }), port)).run();
    assert.deepEqual(published, ['t/0']);
    assert.equal(result.leftOut, 1);
  });

  it('refuses command types unless they are named', async () => {
    await store.mirror.append([
      { message: message('a'), type: 'command-discharge' },
      { message: message('b'), type: 'telemetry' },
    ]);
    await assert.rejects(Replay.prepare(store, plan({ query: { types: ['command-discharge'] } }), port), {
      code: 'REPLAY_REFUSED',
    });
    await (await Replay.prepare(store, plan(), port)).run();
    assert.deepEqual(published, ['replay/b']);
    published.length = 0;
    await (await Replay.prepare(store, plan({ commands: ['command-discharge'] }), port)).run();
    assert.deepEqual(published, ['replay/a', 'replay/b']);
  });

  it('waits out a broker that is away, keeps the order and sends all', async () => {
    await mirror(50);
    let away = 3;
    const accepted: string[] = [];
    const replay = await Replay.prepare(store, plan(), {
      ...port,
      publish: ({ topic }) => {
        if (topic === 'replay/t/20' && away > 0) {
          away -= 1;
          return Promise.reject(new GridwireError('BROKER_DISCONNECTED', 'away'));
        }
        accepted.push(topic);
        return Promise.resolve();
      },
    });
    const result = await replay.run();
    assert.equal(result.state, 'done');
    assert.equal(result.done, 50);
    assert.deepEqual(accepted.slice(-30), topics(20, 50));
    assert.deepEqual(new Set(accepted), new Set(topics(0, 50)));
  });

  it('counts what the broker refuses for good, and goes on', async () => {
    await mirror(3);
    const replay = await Replay.prepare(store, plan(), {
      ...port,
      publish: ({ topic }) =>
        topic === 'replay/t/1'
          ? Promise.reject(new GridwireError('BROKER_REFUSED', 'no'))
          : Promise.resolve(),
    });
    const result = await replay.run();
    assert.equal(result.refused, 1);
    assert.equal(result.done, 3);
    assert.equal(result.error?.code, 'BROKER_REFUSED');
  });

  it('pauses, goes on and is cancelled', async () => {
    await mirror(2_000);
    let seen = 0;
    const replay = await Replay.prepare(store, plan(), {
      ...port,
      publish: ({ topic }) => {
        published.push(topic);
        if (++seen === 10) replay.pause();
        if (seen === 700) replay.cancel();
        return Promise.resolve();
      },
    });
    const running = replay.run();
    await once(replay, 'progress');
    assert.equal(replay.progress.state, 'paused');
    assert.equal(published.length, 10);
    replay.resume();
    assert.equal((await running).state, 'cancelled');
    assert.deepEqual(published, topics(0, 700));
    assert.equal(await store.replayCursors.get('r'), undefined);
  });

  it('sends nothing that was erased while it was paused, with its page in hand', async () => {
    await mirror(10);
    const replay: Replay = await Replay.prepare(store, plan(), {
      ...port,
      publish: (sent) => {
        if (sent.topic === 'replay/t/3') replay.pause();
        return port.publish(sent, undefined as never);
      },
    });
    const ended = replay.run();
    await once(replay, 'progress');
    assert.equal(
      replay.erase(({ topic }) => ['t/2', 't/5', 't/9'].includes(topic)),
      2,
      't/2 has been sent',
    );
    replay.resume();
    assert.equal((await ended).leftOut, 2);
    assert.deepEqual(
      published,
      topics(0, 9).filter((topic) => topic !== 'replay/t/5'),
    );
  });

  it('goes on where it stood after it was interrupted', async () => {
    await mirror(1_600);
    const first = await Replay.prepare(store, plan(), {
      ...port,
      publish: ({ topic }) => {
        published.push(topic);
        if (published.length === 1_100) first.suspend();
        return Promise.resolve();
      },
    });
    assert.equal((await first.run()).state, 'suspended');
    const before = published.splice(0);
    const second = await Replay.prepare(store, plan(), port);
    assert.deepEqual([second.progress.done, second.progress.total], [1_000, 1_600]);
    assert.equal((await second.run()).done, 1_600);
    assert.deepEqual(published, topics(1_000, 1_600));
    assert.deepEqual(before.slice(0, 1_000), topics(0, 1_000));
    await (await Replay.prepare(store, plan({ name: 'r', prefix: 'other/' }), port)).run();
    assert.equal(published.length, 600 + 1_600);
  });

  it('keeps time: as it happened, by a factor, at a rate, and anew after a pause', () => {
    let now = 0;
    const clock = (): number => now;
    const original = new Pacer({ kind: 'original', factor: 2 }, clock);
    assert.equal(original.wait(1_000), 0);
    assert.equal(original.wait(1_600), 300);
    now = 250;
    assert.equal(original.wait(1_600), 50);
    now = 10_000;
    original.restart();
    assert.equal(original.wait(1_600), 0);
    assert.equal(original.wait(1_800), 100);
    const rate = new Pacer({ kind: 'rate', perSecond: 10 }, clock);
    assert.equal(rate.wait(0), 0);
    rate.passed();
    assert.equal(rate.wait(999_999), 100);
    assert.equal(new Pacer({ kind: 'unlimited' }, clock).wait(5), 0);
  });

  it('is cancelled also while the store is away, and never taken up again', async () => {
    await mirror(10);
    let away = true;
    const absent = (): Promise<never> => Promise.reject(new GridwireError('STORE_UNAVAILABLE', 'away'));
    const stores = {
      mirror: { ...store.mirror, read: absent } as unknown as EventStore['mirror'],
      replayCursors: {
        get: (name: string) => store.replayCursors.get(name),
        put: (cursor: ReplayCursor) => store.replayCursors.put(cursor),
        remove: (name: string) => (away ? absent() : store.replayCursors.remove(name)),
      },
    };
    await store.replayCursors.put({
      ...{ name: 'r', position: 0, done: 0, total: 10, updatedAt: 1 },
      plan: planDocument({ ...plan(), query: { to: Date.now() + 1 } }),
    });
    const replay = await Replay.prepare(stores, plan(), port);
    const running = replay.run();
    await once(replay, 'progress');
    replay.cancel();
    assert.equal((await running).state, 'cancelled');
    assert.equal(replay.isRemembered, true, 'the store still knows of it');
    away = false;
    await replay.forget();
    assert.equal(replay.isRemembered, false);
    assert.equal(await store.replayCursors.get('r'), undefined);
  });

  it('sends an event that was mirrored twice once, by its idempotency key', async () => {
    const event = (key: string, more = {}): MirrorEntry => ({
      message: message('tracker/events/a/b', { idempotency_key: key, ...more }),
    });
    await store.mirror.append([event('1'), event('2'), event('1', { again: true }), event('2'), event('3')]);
    await store.mirror.append([{ message: message('plain', 'x') }, { message: message('plain', 'x') }]);
    const bodies: string[] = [];
    const once = await Replay.prepare(store, plan(), {
      ...port,
      publish: (sent) => Promise.resolve(void bodies.push(text(sent))),
      idOf: eventIds(undefined),
    });
    const result = await once.run();
    assert.deepEqual([result.done, result.leftOut], [7, 2]);
    assert.deepEqual(
      bodies.map((body) =>
        body === 'x' ? body : (JSON.parse(body) as { idempotency_key: string }).idempotency_key,
      ),
      ['1', '2', '3', 'x', 'x'],
    );
  });
});
