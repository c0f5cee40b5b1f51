import assert from 'node:assert/strict';
import { discardMatching } from '../../../src/delivery/letters/discard.js';
import type { EventStore } from '../../../src/store/event-store.js';
import type { MirrorEntry, MirrorQuery } from '../../../src/store/mirror-store.js';
import { letter, message, text } from './helpers.js';

/** What every store must do, whatever lies under it. `open` gives an empty store. */
export function storeSuite(open: () => Promise<EventStore>): void {
  let store: EventStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(async () => {
    await store.close();
  });

  describe('mirror', () => {
    const entry = (topic: string, body: object, more: Partial<MirrorEntry> = {}): MirrorEntry => ({
      message: message(topic, body),
      ...more,
    });
    const topics = async (query: MirrorQuery): Promise<string[]> =>
      (await store.mirror.read(query, 0, 100)).map((record) => record.message.topic);

    it('gives events back in order, with their bytes, rules and what they were found by', async () => {
      const original = message('sites/1/devices/A/telemetry', '{ "kind": "reading",  "power": 1.50 }', {
        qos: 2,
        retain: true,
        key: 'A',
        headers: { traceparent: '00-1', binary: new Uint8Array([0, 255]) },
        contentType: 'application/json',
        expiresAt: 99,
      });
      await store.mirror.append([
        { message: original, contract: 'ecogrid-ems', type: 'device-telemetry', time: 5, recordedAt: 7 },
      ]);
      await store.mirror.append([entry('b', {}), entry('c', {})]);
      const [first, ...rest] = await store.mirror.read({}, 0, 10);
      assert.ok(first);
      assert.deepEqual(
        { ...first.message, body: text(first.message) },
        { ...original, body: text(original) },
      );
      assert.equal(first.kind, 'reading');
      assert.equal(first.contract, 'ecogrid-ems');
      assert.equal(first.type, 'device-telemetry');
      assert.equal(first.time, 5);
      assert.equal(first.recordedAt, 7);
      assert.deepEqual(
        rest.map((record) => record.message.topic),
        ['b', 'c'],
      );
    });

    it('keeps bytes that are no text, topics longer than TaylorDash allows and ids that are no UUID', async () => {
      const odd = [
        message('binary', new Uint8Array([0, 159, 146, 150, 255])),
        message('x'.repeat(300), { kind: 'long' }),
        message('bad-uuid', { trace_id: 'not-a-uuid', kind: 'odd' }),
        message('nul', '{"kind":"nul","text":"a\\u0000b","half":"\\ud800"}'),
        message('huge', '{"kind":"huge","value":1e999999}'),
        message('empty', new Uint8Array()),
      ];
      await store.mirror.append(odd.map((one) => ({ message: one })));
      const found = await store.mirror.read({}, 0, 10);
      assert.deepEqual(
        found.map((record) => [record.message.topic, Buffer.from(record.message.body).toString('hex')]),
        odd.map((one) => [one.topic, Buffer.from(one.body).toString('hex')]),
      );
      assert.deepEqual(await topics({ kinds: ['odd', 'nul', 'huge'] }), ['bad-uuid', 'nul', 'huge']);
    });

    it('selects by time, topic filter, kind and type, and pages by cursor', async () => {
      await store.mirror.append([
        entry('tracker/events/projects/created', { kind: 'project_created' }, { recordedAt: 10 }),
        entry('tracker/events/tasks/created', { kind: 'task_created' }, { recordedAt: 20 }),
        entry('tracker/commands/clear_cache', { kind: 'clear_cache' }, { recordedAt: 30, type: 'command' }),
        entry('$SYS/broker', {}, { recordedAt: 40 }),
      ]);
      assert.equal((await topics({ from: 10, to: 20 })).length, 1);
      assert.deepEqual(await topics({ topicFilter: 'tracker/events/+/created' }), [
        'tracker/events/projects/created',
        'tracker/events/tasks/created',
      ]);
      assert.equal((await topics({ topicFilter: 'tracker/#' })).length, 3);
      assert.equal((await topics({ topicFilter: '#' })).length, 3, '# leaves $-topics out, as in MQTT');
      assert.deepEqual(await topics({ kinds: ['task_created'] }), ['tracker/events/tasks/created']);
      assert.deepEqual(await topics({ types: ['command'] }), ['tracker/commands/clear_cache']);
      assert.deepEqual(await topics({ kinds: [] }), []);
      assert.equal(await store.mirror.count({ topicFilter: 'tracker/events/#', from: 15 }), 1);
      const [first] = await store.mirror.read({}, 0, 1);
      const [second] = await store.mirror.read({}, first!.id, 1);
      assert.equal(second!.message.topic, 'tracker/events/tasks/created');
    });

    it('takes every part of a query literally', async () => {
      const hostile = [
        "'; DROP TABLE dlq_events; --",
        'a%',
        'a_c',
        '" OR 1=1',
        'x) OR (1=1',
        '\\',
        '.*',
        '$1',
        '?',
      ];
      await store.mirror.append([
        ...hostile.map((name) => entry(name, { kind: name }, { type: name })),
        entry('abc', { kind: 'abc' }),
      ]);
      for (const name of hostile) {
        assert.deepEqual(await topics({ topicFilter: name }), [name]);
        assert.deepEqual(await topics({ kinds: [name] }), [name]);
        assert.deepEqual(await topics({ types: [name] }), [name]);
        assert.deepEqual(await store.deadLetters.list({ topicFilter: name }, 0, 9), []);
      }
      assert.equal(await store.mirror.count({}), hostile.length + 1);
      await assert.rejects(store.mirror.read({ topicFilter: 'a/#/b' }, 0, 1), { code: 'FILTER_ILLEGAL' });
    });
  });

  describe('dead letters', () => {
    it('keeps the original bytes, the reason and the contract record', async () => {
      const bytes = new Uint8Array([0xff, 0x00, 0xfe]);
      const record = { original_topic: 'a/b', failure_reason: 'no', payload: 'x' };
      const [id] = await store.deadLetters.add([
        letter('a/b', bytes, {
          record,
          contract: 'taylordash',
          type: 'event',
          fault: 'transient',
          code: 'BROKER_TIMEOUT',
        }),
      ]);
      const found = await store.deadLetters.get(id!);
      assert.ok(found);
      assert.deepEqual([...found.message.body], [...bytes]);
      assert.deepEqual(found.record, record);
      assert.equal(found.code, 'BROKER_TIMEOUT');
      assert.equal(found.fault, 'transient');
      assert.equal(found.state, 'waiting');
      assert.equal(found.attempts, 0);
      assert.equal(found.failedAt, 1_000);
      assert.equal(found.contract, 'taylordash');
    });

    it('lists by topic, reason, class, age, state and attempts', async () => {
      const ids = await store.deadLetters.add([
        letter('a/1', {}, { failedAt: 10 }),
        letter('a/2', {}, { failedAt: 20, code: 'TYPE_UNKNOWN' }),
        letter('b/1', {}, { failedAt: 30, fault: 'transient', code: 'BROKER_TIMEOUT' }),
      ]);
      assert.equal(ids.length, 3);
      const list = async (query: Parameters<EventStore['deadLetters']['list']>[0]): Promise<number[]> =>
        (await store.deadLetters.list(query, 0, 10)).map((found) => ids.indexOf(found.id));
      assert.deepEqual(await list({ topicFilter: 'a/+' }), [0, 1]);
      assert.deepEqual(await list({ codes: ['TYPE_UNKNOWN', 'BROKER_TIMEOUT'] }), [1, 2]);
      assert.deepEqual(await list({ fault: 'transient' }), [2]);
      assert.deepEqual(await list({ from: 10, to: 30 }), [0, 1]);
      await store.deadLetters.beginAttempts([{ id: ids[0]!, message: message('sent') }]);
      assert.deepEqual(await list({ states: ['recovering'] }), [0]);
      assert.deepEqual(await list({ attemptsBelow: 1 }), [1, 2]);
      assert.equal(await store.deadLetters.count({ states: ['waiting'] }), 2);
    });

    it('shows letters newest first, page by page, and counts them by code', async () => {
      const ids = await store.deadLetters.add([
        letter('a/1', 'four'),
        letter('a/2', {}, { code: 'TYPE_UNKNOWN' }),
        letter('b/1', {}, { contract: 'taylordash' }),
      ]);
      const newest = (before: number) => store.deadLetters.newest({ ids }, before, 2);
      const [third, second] = await newest(Number.MAX_SAFE_INTEGER);
      assert.deepEqual([third?.topic, second?.topic, third?.contract], ['b/1', 'a/2', 'taylordash']);
      const [first] = await newest(second!.id);
      assert.deepEqual([first?.topic, first?.bytes, first?.state], ['a/1', 4, 'waiting']);
      assert.deepEqual(await newest(first!.id), []);
      const all = await store.deadLetters.newest({ ids: [ids[1]!] }, Number.MAX_SAFE_INTEGER, 9);
      assert.deepEqual(
        all.map(({ topic }) => topic),
        ['a/2'],
      );
      assert.deepEqual(await store.deadLetters.countByCode({}), { SCHEMA_VIOLATION: 2, TYPE_UNKNOWN: 1 });
    });

    it('gives up what is not settled, and nothing else', async () => {
      const [one, two] = await store.deadLetters.add([letter('a'), letter('b')]);
      await store.deadLetters.beginAttempts([{ id: two!, message: message('sent') }]);
      await store.deadLetters.markRecovered([two!], 7);
      assert.equal(await store.deadLetters.discard([one!, two!, 4711]), 1);
      assert.equal(await store.deadLetters.discard([one!]), 0);
      assert.equal(await store.deadLetters.discard([]), 0);
      assert.equal((await store.deadLetters.get(two!))?.state, 'recovered');
      await store.deadLetters.add(Array.from({ length: 1_200 }, (_, index) => letter(`c/${index % 2}`)));
      assert.equal(await discardMatching(store.deadLetters, { topicFilter: 'c/0' }), 600);
      assert.equal(await store.deadLetters.count({ states: ['waiting'] }), 600);
    });

    it('takes back what was given up, as it was, and groups what failed alike', async () => {
      const ids = await store.deadLetters.add([
        letter('a', 'x'),
        letter('a', 'y'),
        letter('b', 'z', { reason: 'other' }),
      ]);
      await store.deadLetters.discard(ids, 5_000);
      assert.equal(await store.deadLetters.count({ states: ['waiting'] }), 0);
      assert.equal(await store.deadLetters.undiscard(ids, 5_001), 0, 'too late');
      assert.equal(await store.deadLetters.undiscard([ids[0]!, ids[1]!, 4711], 5_000), 2);
      assert.equal(await store.deadLetters.undiscard([], 5_000), 0);
      const [first, second, third] = await store.deadLetters.list({}, 0, 9);
      assert.deepEqual(
        [first?.state, first && text(first.message), first?.failedAt],
        ['waiting', 'x', 1_000],
      );
      assert.deepEqual([second?.state, third?.state, third?.discardedAt], ['waiting', 'discarded', 5_000]);
      const waiting = { states: ['waiting'] } as const;
      assert.deepEqual(await store.deadLetters.groups(waiting, 9), [
        {
          ...{ code: 'SCHEMA_VIOLATION', topic: 'a', reason: 'power is missing', count: 2 },
          ...{ newestId: ids[1], newestAt: 1_000 },
        },
      ]);
      assert.equal(await store.deadLetters.count({ text: 'is missing' }), 2);
      assert.equal(await store.deadLetters.count({ text: '%' }), 0);
      assert.equal(await store.deadLetters.count({ reason: 'other', upTo: ids[2]! }), 1);
      assert.deepEqual(await store.verify(), []);
    });

    it('follows a letter from attempt to recovery', async () => {
      const [one, two, three] = await store.deadLetters.add([letter('a'), letter('b'), letter('c')]);
      await store.deadLetters.beginAttempts([
        { id: one!, message: message('sent') },
        { id: two!, message: message('sent') },
      ]);
      await store.deadLetters.markFailed([{ id: one!, error: 'refused again', begun: true, counts: true }]);
      await store.deadLetters.markRecovered([two!], 77);
      await store.deadLetters.discard([three!]);
      const [first, second, third] = await store.deadLetters.list({}, 0, 10);
      assert.deepEqual([first?.state, first?.attempts, first?.lastError], ['waiting', 1, 'refused again']);
      assert.deepEqual([second?.state, second?.recoveredAt, second?.lastError], ['recovered', 77, undefined]);
      assert.equal(third?.state, 'discarded');
      await store.deadLetters.beginAttempts([{ id: one!, message: message('sent') }]);
      await store.deadLetters.markFailed([{ id: one!, error: 'broker away', begun: true, counts: false }]);
      assert.equal((await store.deadLetters.get(one!))?.attempts, 1);
    });
  });

  describe('outbox', () => {
    it('keeps what a log is to be made with, and the order of headers', async () => {
      const more = {
        log: { retentionDays: 7, partitions: 3 },
        headers: { a: ['1', '2'], b: '3' },
        headerOrder: ['a', 'b', 'a'],
      };
      await store.outbox.add('q', [message('a', '1', more)]);
      const [kept] = await store.outbox.peek('q', 0, 1);
      assert.deepEqual(kept?.message.log, more.log);
      assert.deepEqual(kept.message.headerOrder, more.headerOrder);
    });

    it('gives messages back in the order they came, per queue, until they are removed', async () => {
      const ids = await store.outbox.add('q', [message('a', '1'), message('b', '2'), message('a', '3')]);
      await store.outbox.add('other', [message('z')]);
      assert.deepEqual(
        (await store.outbox.peek('q', 0, 10)).map((one) => [one.id, one.message.topic, text(one.message)]),
        [
          [ids[0], 'a', '1'],
          [ids[1], 'b', '2'],
          [ids[2], 'a', '3'],
        ],
      );
      await store.outbox.remove('q', [ids[0]!, ids[1]!, 424242]);
      await store.outbox.remove('other', [ids[2]!]);
      const rest = await store.outbox.peek('q', 0, 10);
      assert.deepEqual(
        rest.map((one) => text(one.message)),
        ['3'],
      );
      const usage = await store.outbox.usage('q');
      assert.equal(usage.count, 1);
      assert.equal(usage.oldestAt, rest[0]!.enqueuedAt);
    });

    it('refuses what would exceed its limits, and takes it again when there is room', async () => {
      const limits = { count: 2, bytes: 100_000 };
      const [first] = await store.outbox.add('q', [message('a')], limits);
      await assert.rejects(store.outbox.add('q', [message('b'), message('c')], limits), {
        code: 'OUTBOX_FULL',
      });
      assert.equal((await store.outbox.usage('q')).count, 1);
      await store.outbox.add('q', [message('b')], limits);
      await store.outbox.remove('q', [first!]);
      await store.outbox.add('q', [message('c')], limits);
      await assert.rejects(
        store.outbox.add('r', [message('big', 'x'.repeat(200))], { count: 9, bytes: 100 }),
        {
          code: 'OUTBOX_FULL',
        },
      );
      assert.equal((await store.outbox.usage('r')).bytes, 0);
    });
  });

  describe('parked messages', () => {
    const parked = (key: string, nextAttemptAt: number) => ({
      key,
      message: message(`t/${key}`, `body of ${key}`),
      attempts: 1,
      nextAttemptAt,
      reason: 'the flow said no',
    });

    it('gives messages back when their time has come, earliest first', async () => {
      await store.parked.park('q', [parked('late', 300), parked('soon', 100), parked('next', 200)]);
      assert.equal(await store.parked.nextDueAt('q'), 100);
      const due = await store.parked.due('q', 200, 10);
      assert.deepEqual(
        due.map((one) => [one.key, text(one.message), one.attempts, one.reason]),
        [
          ['soon', 'body of soon', 1, 'the flow said no'],
          ['next', 'body of next', 1, 'the flow said no'],
        ],
      );
      assert.deepEqual(await store.parked.due('other', 999, 10), []);
      await store.parked.remove('q', ['soon', 'next', 'late']);
      assert.equal(await store.parked.nextDueAt('q'), undefined);
      assert.equal((await store.parked.usage('q')).count, 0);
    });

    it('replaces the times of a message parked again', async () => {
      await store.parked.park('q', [parked('a', 100)]);
      await store.parked.park('q', [{ ...parked('a', 500), attempts: 2 }]);
      assert.deepEqual(await store.parked.due('q', 100, 10), []);
      const [again] = await store.parked.due('q', 500, 10);
      assert.equal(again?.attempts, 2);
      assert.equal((await store.parked.usage('q')).count, 1);
    });
  });

  it('tells of every queue in which something waits', async () => {
    await store.outbox.add('b', [message('t', 'x'), message('t', 'y')]);
    await store.outbox.add('a', [message('t')]);
    const parked = { key: 'k', message: message('t'), attempts: 1, nextAttemptAt: 9, reason: 'no' };
    await store.parked.park('c', [parked]);
    const shown = (queues: { queue: string; count: number }[]) =>
      queues.map(({ queue, count }) => [queue, count]);
    const outbox = await store.outbox.queues();
    assert.deepEqual(shown(outbox), [
      ['a', 1],
      ['b', 2],
    ]);
    assert.ok(outbox[1]!.bytes > 2 && outbox[1]!.oldestAt! <= Date.now());
    assert.deepEqual(shown(await store.parked.queues()), [['c', 1]]);
  });

  describe('deduplication', () => {
    it('remembers marks within a bounded window', async () => {
      await store.deduplication.mark('s', ['a', 'b'], 10);
      await store.deduplication.mark('s', ['c', 'd', 'e'], 20);
      assert.deepEqual([...(await store.deduplication.seen('s', ['a', 'c', 'x']))].sort(), ['a', 'c']);
      assert.equal((await store.deduplication.seen('other', ['a'])).size, 0);
      assert.equal(await store.deduplication.trim('s', { count: 2, age: 1_000 }, 20), 3);
      assert.equal((await store.deduplication.seen('s', ['a', 'b', 'c', 'd', 'e'])).size, 2);
      assert.equal(await store.deduplication.trim('s', { count: 100, age: 5 }, 30), 2);
    });
  });

  it('settles a message in one commit: mark, next home and release', async () => {
    await store.parked.park('q', [
      { key: 'k', message: message('a'), attempts: 3, nextAttemptAt: 1, reason: 'no' },
    ]);
    await store.settle({
      queue: 'q',
      release: 'k',
      deadLetter: letter('a'),
      mark: { scope: 's', key: 'id-1', at: 5 },
    });
    assert.equal((await store.parked.usage('q')).count, 0);
    assert.equal(await store.deadLetters.count({}), 1);
    assert.equal((await store.deduplication.seen('s', ['id-1'])).size, 1);
  });

  it('lets event time decide over last values', async () => {
    const value = (time: number, power: number) => ({ scope: 'device', key: 'A', value: { power }, time });
    assert.deepEqual(await store.lastValues.put([value(20, 2)]), [true]);
    assert.deepEqual(await store.lastValues.put([value(10, 1), value(20, 9), value(30, 3)]), [
      false,
      false,
      true,
    ]);
    assert.deepEqual((await store.lastValues.get('device', 'A'))?.value, { power: 3 });
    assert.equal((await store.lastValues.list('device')).length, 1);
    assert.equal(await store.lastValues.get('device', 'B'), undefined);
  });

  it('keeps an audit log, newest first', async () => {
    await store.audit.add({ at: 1, actor: 'ana', action: 'replay', details: { topicFilter: '#' } });
    await store.audit.add({ at: 2, actor: 'ben', action: 'discard', details: {} });
    const entries = await store.audit.list(Date.now(), 10);
    assert.deepEqual(
      entries.map((entry) => [entry.at, entry.actor, entry.action]),
      [
        [2, 'ben', 'discard'],
        [1, 'ana', 'replay'],
      ],
    );
    assert.deepEqual(entries[1]?.details, { topicFilter: '#' });
  });

  it('keeps replay cursors', async () => {
    const cursor = { name: 'r', position: 5, done: 2, total: 9, plan: { speed: 1 }, updatedAt: 1 };
    await store.replayCursors.put(cursor);
    await store.replayCursors.put({ ...cursor, position: 6, done: 3 });
    assert.deepEqual(await store.replayCursors.get('r'), { ...cursor, position: 6, done: 3 });
    await store.replayCursors.remove('r');
    assert.equal(await store.replayCursors.get('r'), undefined);
  });

  describe('leases', () => {
    const LONG = 60_000;
    const holders = async () => {
      const { leases } = await store.leases.renew('g', 'observer', LONG);
      return leases.map(({ name, member, live }) => `${name} ${live ? member : 'free'}`);
    };

    it('belong to one member at a time, and to the next when time or the holder lets go', async () => {
      assert.equal(await store.leases.take('g', 'p1', 'a', LONG), true);
      assert.equal(await store.leases.take('g', 'p1', 'b', LONG), false);
      assert.equal(await store.leases.take('other', 'p1', 'b', LONG), true);
      await store.leases.release('g', 'p1', 'b');
      assert.deepEqual(await holders(), ['p1 a']);
      await store.leases.release('g', 'p1', 'a');
      assert.deepEqual(await holders(), ['p1 free']);
      assert.equal(await store.leases.take('g', 'p1', 'b', 0), true);
      assert.equal(await store.leases.take('g', 'p1', 'c', LONG), true, 'b had no time at all');
      assert.deepEqual(await holders(), ['p1 c']);
    });

    it('are prolonged with their member, but not when they were given back', async () => {
      await store.leases.take('g', 'p1', 'a', 0);
      await store.leases.take('g', 'p2', 'a', LONG);
      await store.leases.release('g', 'p2', 'a');
      await store.leases.renew('g', 'a', LONG);
      assert.deepEqual(await holders(), ['p1 a', 'p2 free']);
    });

    it('know who is alive, and free everything of a member that leaves', async () => {
      await store.leases.renew('g', 'b', LONG);
      await store.leases.renew('g', 'dead', 0);
      await store.leases.take('g', 'p1', 'b', LONG);
      assert.deepEqual((await store.leases.renew('g', 'a', LONG)).members, ['a', 'b']);
      await store.leases.leave('g', 'b');
      assert.deepEqual((await store.leases.renew('g', 'a', LONG)).members, ['a']);
      assert.equal(await store.leases.take('g', 'p1', 'a', LONG), true);
    });

    it('of the dead end though the clock of the database was set back by hours', async () => {
      const HOURS = 5 * 3_600_000;
      await store.leases.renew('g', 'dead', HOURS);
      await store.leases.take('g', 'p1', 'dead', HOURS);
      assert.equal(await store.leases.take('g', 'p1', 'a', LONG), false);
      await store.leases.renew('g', 'a', 0);
      assert.equal(await store.leases.take('g', 'p1', 'a', LONG), true);
      assert.deepEqual((await store.leases.renew('g', 'a', LONG)).members, ['a']);
      assert.deepEqual(await holders(), ['p1 a']);
    });

    it('remember what was ready until it is forgotten', async () => {
      const ready = async () => (await store.leases.renew('g', 'a', LONG)).leases.map((lease) => lease.ready);
      await store.leases.take('g', 'p1', 'a', LONG);
      assert.deepEqual(await ready(), [false]);
      await store.leases.ready('g', 'p1');
      await store.leases.release('g', 'p1', 'a');
      await store.leases.take('g', 'p1', 'b', LONG);
      assert.deepEqual(await ready(), [true]);
      await store.leases.forget('g', 'p1', 'a');
      assert.equal((await ready()).length, 1, "another member's lease");
      await store.leases.forget('g', 'p1', 'b');
      assert.deepEqual(await ready(), []);
    });
  });

  it('deletes by age and by subject', async () => {
    await store.mirror.append([
      { message: message('old', {}), recordedAt: 1_000 },
      { message: message('sites/1/devices/SN-1/status', {}), recordedAt: 3_000 },
      { message: message('binary', new Uint8Array([255, ...Buffer.from('SN-1')])), recordedAt: 3_000 },
      { message: message('kept', { device: 'SN-12' }), recordedAt: 3_000 },
    ]);
    await store.deadLetters.add([letter('a', { user: 'SN-1' }), letter('b')]);
    await store.lastValues.put([{ scope: 'device', key: 'SN-1', value: 1, time: 1 }]);
    assert.equal((await store.applyRetention({ mirrorAge: 1_000 }, 3_500)).mirror, 1);
    const receipt = await store.erase('SN-1', 'ana');
    assert.equal(receipt.deleted.mirror, 2);
    assert.equal(receipt.deleted.deadLetters, 1);
    assert.equal(receipt.deleted.lastValues, 1);
    assert.deepEqual(
      (await store.mirror.read({}, 0, 9)).map((record) => record.message.topic),
      ['kept'],
    );
    assert.equal(await store.deadLetters.count({}), 1);
    assert.deepEqual(await store.verify(), []);
  });

  it('shares commits between writes, in order, and says what it is doing', async () => {
    await Promise.all(
      Array.from({ length: 500 }, (_, index) => store.mirror.append([{ message: message(`t/${index}`) }])),
    );
    const found = await store.mirror.read({}, 0, 1_000);
    assert.deepEqual(
      found.map((record) => record.message.topic),
      Array.from({ length: 500 }, (_, index) => `t/${index}`),
    );
    const status = store.status();
    assert.equal(status.state, 'open');
    assert.equal(status.pending, 0);
    assert.equal(status.pendingBytes, 0);
    assert.ok(status.commit && status.commit.longest >= status.commit.median);
    assert.ok((await store.size()).bytes > 0);
    assert.deepEqual(await store.verify(), []);
  });

  it('commits what waits before it closes, and refuses afterwards', async () => {
    const writes = Promise.all([
      store.mirror.append([{ message: message('a') }]),
      store.mirror.append([{ message: message('b') }]),
    ]);
    await store.close();
    await writes;
    await assert.rejects(store.mirror.read({}, 0, 1), { code: 'STORE_UNAVAILABLE' });
    await store.close();
  });
}
