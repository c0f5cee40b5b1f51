import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import broker from '../../../nodes/broker/broker.js';
import dlq from '../../../nodes/dlq/dlq.js';
import publish from '../../../nodes/publish/publish.js';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { StoreNode } from '../../../nodes/runtime/store-node.js';
import store from '../../../nodes/store/store.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { nodeRedPackage } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';
import { letter, message, temporaryFolder, text } from '../../unit/store/helpers.js';

const TOPIC = 'tracker/events/projects/created';
const GOOD = {
  trace_id: '550e8400-e29b-41d4-a716-446655440000',
  ts: '2025-01-15T10:30:00.000Z',
  kind: 'project_created',
  idempotency_key: 'project_created_1642247400_a1b2c3d4',
  payload: {
    project_id: '550e8400-e29b-41d4-a716-446655440000',
    name: 'Roof',
    status: 'active',
    created_by: 'ana',
  },
};
const BAD = { ...GOOD, trace_id: 'none' };
const PATCH = `$merge([payload, {"trace_id": "${GOOD.trace_id}"}])`;

describe('admin routes of a store', () => {
  let remove: () => void;
  let events: EventStore;
  let heard: { topic: string; text: string }[];

  before(() => {
    helper.init(require.resolve(nodeRedPackage()));
  });
  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    await new Promise<void>((resolve) => helper.startServer(resolve));
    const file = path.join(temporary.folder, 'store.db');
    const flow = [
      { id: 'store', type: 'gridwire-store', kind: 'sqlite', file },
      { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
      { id: 'away', type: 'gridwire-broker', transport: 'mqtt', host: '127.0.0.1', port: '1' },
      { id: 'dlq', type: 'gridwire-dlq', store: 'store', broker: 'broker', contract: 'taylordash' },
      { id: 'dlq-away', type: 'gridwire-dlq', store: 'store', broker: 'away', contract: 'taylordash' },
      { id: 'publish-away', type: 'gridwire-publish', store: 'store', broker: 'away', contract: '' },
    ];
    await helper.load([store, broker, dlq, publish], flow);
    events = await (helper.getNode('store') as StoreNode).connection!.access();
    heard = [];
    await (helper.getNode('broker') as BrokerNode).broker!.subscribe('tracker/events/#', (delivery) => {
      heard.push({ topic: delivery.message.topic, text: text(delivery.message) });
      delivery.settle('ack');
    });
  });
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    remove();
  });

  async function get<Answer>(route: string, status = 200): Promise<Answer> {
    return (await helper.request().get(`/gridwire/stores/store/${route}`).expect(status)).body as Answer;
  }
  async function post<Answer>(route: string, body: object, status = 200): Promise<Answer> {
    const response = await helper.request().post(`/gridwire/stores/store/${route}`).send(body).expect(status);
    return response.body as Answer;
  }
  const actions = async (): Promise<string[]> =>
    (await events.audit.list(Number.MAX_SAFE_INTEGER, 9)).map(({ action }) => action);

  it('list letters page by page, by reason, topic, state and age, and say how they can go back', async () => {
    await events.deadLetters.add([
      ...Array.from({ length: 60 }, (_, index) => letter(`a/${index}`)),
      letter('b/1', 'x', { code: 'TYPE_UNKNOWN', failedAt: 5_000 }),
    ]);
    interface Page {
      letters: { id: number; topic: string }[];
      more: boolean;
      total: number;
      codes: Record<string, number>;
      ways: { id: string; contract: string }[];
    }
    const first = await get<Page>('letters');
    assert.deepEqual([first.letters.length, first.more, first.total], [50, true, 61]);
    assert.equal(first.letters[0]?.topic, 'b/1');
    assert.deepEqual(first.codes, { SCHEMA_VIOLATION: 60, TYPE_UNKNOWN: 1 });
    assert.deepEqual(
      first.ways.map(({ id, contract }) => [id, contract]),
      [
        ['dlq', 'taylordash'],
        ['dlq-away', 'taylordash'],
      ],
    );
    const second = await get<Page>(`letters?before=${first.letters.at(-1)!.id}`);
    assert.deepEqual([second.letters.length, second.more], [11, false]);
    assert.equal((await get<Page>('letters?code=TYPE_UNKNOWN')).total, 1);
    assert.equal((await get<Page>('letters?topicFilter=a/%2B')).total, 60);
    assert.equal((await get<Page>('letters?state=discarded')).total, 0);
    assert.equal((await get<Page>('letters?from=4000')).total, 1);
  });

  it('give letters out as a file and take it in again, to the byte, and refuse any other file whole', async () => {
    const headers = { plain: 'text', twice: ['a', 'b'], bytes: new Uint8Array([0, 255]), none: null };
    const odd = letter('b/1', new Uint8Array([0xff, 0, 0x61]), { code: 'BODY_NOT_JSON' });
    await events.deadLetters.add([
      letter('a/1', 'x'),
      { ...odd, message: { ...odd.message, headers, key: 'k' } },
    ]);
    interface File {
      letters: object[];
      after?: number;
    }
    const file = await get<File>('letter-file?state=waiting');
    assert.equal(file.letters.length, 2);
    assert.deepEqual((await get<File>(`letter-file?after=${file.after}`)).letters, []);
    const spoiled = [file.letters[0], { ...file.letters[1], topic: 'a/#' }];
    await post('letter-file', { letters: spoiled }, 400);
    await post('letter-file', { letters: [{ ...file.letters[0], code: 'NONE' }] }, 400);
    assert.equal(await events.deadLetters.count({}), 2);
    assert.deepEqual(await post('letter-file', { letters: file.letters }), { imported: 2 });
    const [, original, , copy] = await events.deadLetters.list({}, 0, 9);
    assert.deepEqual(copy?.message, original?.message);
    assert.deepEqual(
      [copy?.code, copy?.reason, copy?.failedAt, copy?.state],
      [original?.code, original?.reason, original?.failedAt, 'waiting'],
    );
    assert.ok((await actions()).includes('import'));
  });

  it('refuse what nobody should ask, in words', async () => {
    const refused = (asked: string) => get<{ code: string; message: string }>(`letters?${asked}`, 400);
    assert.match((await refused('state=DROP')).message, /"state" must be one of waiting/);
    assert.match((await refused("code=' OR 1=1")).message, /"code" must be one of/);
    assert.match((await refused('before=-1')).message, /"before" must be a whole number/);
    assert.equal((await refused('topicFilter=a/%23/b')).code, 'FILTER_ILLEGAL');
    assert.match((await get<{ message: string }>('letters/4711', 400)).message, /no such letter/);
    await post('letters/discard', {}, 400);
    await post('letters/discard', { ids: ['1; DROP TABLE dlq_events'] }, 400);
    await post('queues/tables/x/discard', { all: true }, 400);
    // Another node than a store is none, whatever it is asked for.
    await helper.request().get('/gridwire/stores/dlq/letters').expect(404);
  });

  it('show one letter with its bytes, headers and history', async () => {
    const [id] = await events.deadLetters.add([
      letter('a', new Uint8Array([0xff, 0]), {
        message: message('a', new Uint8Array([0xff, 0]), {
          headers: { trace: '1', raw: new Uint8Array([7]) },
        }),
      }),
    ]);
    await post('letters/discard', { ids: [id] });
    const shown = await get<Record<string, unknown>>(`letters/${id}`);
    assert.equal(shown['text'], undefined);
    assert.equal(shown['hex'], 'ff00');
    assert.deepEqual(shown['headers'], [
      { name: 'trace', value: '1', encoding: 'text' },
      { name: 'raw', value: '07', encoding: 'hex' },
    ]);
    assert.equal(shown['state'], 'discarded');
    const [entry] = shown['history'] as { actor: string; action: string }[];
    assert.deepEqual([entry?.actor, entry?.action], ['nobody logged in', 'discard']);
  });

  it('do not send the whole of a huge body to a browser', async () => {
    const [id] = await events.deadLetters.add([letter('a', 'x'.repeat(1_000_000))]);
    const shown = await get<{ text: string; truncated: boolean; bytes: number }>(`letters/${id}`);
    assert.deepEqual([shown.text.length, shown.truncated, shown.bytes], [256 * 1024, true, 1_000_000]);
  });

  it('send an edited letter back when it keeps to its contract, and say who did it', async () => {
    const [id] = await events.deadLetters.add([letter(TOPIC, BAD)]);
    const edited = (document: object) => ({ encoding: 'text', content: JSON.stringify(document) });
    const through = 'dlq';
    const refused = await post<{ code: string }>(`letters/${id}/try`, { through, edited: edited(BAD) }, 400);
    assert.equal(refused.code, 'SCHEMA_VIOLATION');
    const failed = await post<{ recovered: number; lastError: string }>(`letters/${id}/republish`, {
      through,
      edited: edited(BAD),
    });
    assert.equal(failed.recovered, 0);
    assert.ok(failed.lastError.length > 0);
    assert.equal(heard.length, 0);
    const sent = await post<{ recovered: number }>(`letters/${id}/republish`, {
      through,
      edited: edited(GOOD),
    });
    assert.equal(sent.recovered, 1);
    assert.deepEqual(heard, [{ topic: TOPIC, text: JSON.stringify(GOOD) }]);
    const kept = await events.deadLetters.get(id!);
    assert.equal(kept?.state, 'recovered');
    assert.deepEqual(JSON.parse(text(kept.message)), BAD, 'the original stays as it came');
    assert.deepEqual(await actions(), ['recover', 'recover']);
    const entries = await events.audit.list(Number.MAX_SAFE_INTEGER, 9);
    const outcomes = entries.map(({ details }) => details.outcome as string);
    assert.equal(outcomes[0], '1 sent');
    assert.match(outcomes[1] ?? '', /^0 sent, 1 failed; last: Not a valid/);
    assert.doesNotMatch(JSON.stringify(entries), /Roof/, 'a body may name a person, the log must not');
    await post(`letters/${id}/republish`, { through });
    assert.equal(heard.length, 1, 'a recovered letter does not go out again');
  });

  it('take bytes edited as hexadecimal digits, and refuse other text there', async () => {
    const [id] = await events.deadLetters.add([letter(TOPIC, BAD)]);
    const hex = (content: string) => ({ through: 'dlq', edited: { encoding: 'hex', content } });
    await post(`letters/${id}/try`, hex('7b7'), 400);
    await post(`letters/${id}/try`, hex('zz'), 400);
    const bytes = Buffer.from(JSON.stringify(GOOD)).toString('hex').replace(/../g, '$& ');
    const shown = await post<{ text: string }>(`letters/${id}/try`, hex(bytes));
    assert.deepEqual(JSON.parse(shown.text), GOOD);
    assert.equal(heard.length, 0);
  });

  it('leave a letter as it is while the broker is away, and where no node knows the way', async () => {
    const [id] = await events.deadLetters.add([letter(TOPIC, GOOD)]);
    const { recovered, lastError } = await post<{ recovered: number; lastError: string }>(
      `letters/${id}/republish`,
      { through: 'dlq-away' },
    );
    assert.equal(recovered, 0);
    assert.match(lastError, /connect/i);
    const kept = await events.deadLetters.get(id!);
    assert.deepEqual([kept?.state, kept?.attempts], ['waiting', 0]);
    const { message: said } = await post<{ message: string }>(
      `letters/${id}/republish`,
      { through: 'x' },
      400,
    );
    assert.match(said, /Choose a deployed/);
  });

  it('repair all letters of a filter by an expression, and leave those that stay bad', async () => {
    await events.deadLetters.add([
      ...Array.from({ length: 150 }, (_, index) => letter(TOPIC, { ...BAD, idempotency_key: `k${index}` })),
      letter(TOPIC, { kind: '' }),
      letter('other/topic', BAD),
    ]);
    await post('repair', { through: 'dlq', patch: PATCH }, 400);
    const filter = { topicFilter: 'tracker/#' };
    await post('repair', { through: 'dlq', filter, patch: PATCH });
    interface State {
      state: string;
      recovered: number;
      failed: number;
    }
    let state = await get<State>('repair');
    while (state.state === 'running') state = await get<State>('repair');
    assert.deepEqual([state.state, state.recovered, state.failed], ['done', 150, 1]);
    assert.equal(new Set(heard.map(({ text: body }) => body)).size, 150);
    assert.equal(heard.length, 150);
    assert.equal(await events.deadLetters.count({ states: ['waiting'] }), 2);
    const [entry] = await events.audit.list(Number.MAX_SAFE_INTEGER, 1);
    const { outcome, ...details } = entry?.details ?? {};
    assert.deepEqual(details, {
      ...filter,
      ...{ patch: PATCH, through: 'dlq', right: 'gridwire.repair.write' },
    });
    assert.match(outcome as string, /^150 sent, 1 failed; last: /);
  });

  it('refuse a bulk patch that is no expression before a letter is touched, without a stack or a path', async () => {
    await events.deadLetters.add(Array.from({ length: 5 }, () => letter(TOPIC, BAD)));
    const filter = { topicFilter: 'tracker/#' };
    for (const patch of ['$merge([payload,', '{', '"', '$$$(']) {
      const said = await post<{ code: string; message: string }>(
        'repair',
        { through: 'dlq', filter, patch },
        400,
      );
      assert.equal(said.code, 'SETTING_INVALID');
      assert.match(said.message, /The patch is no JSONata expression.*No letter was touched/);
      assert.doesNotMatch(JSON.stringify(said), /stack|node_modules|\/work|\.js/);
    }
    for (const found of await events.deadLetters.list({}, 0, 9))
      assert.deepEqual([found.attempts, found.state, found.lastError], [0, 'waiting', undefined]);
    const [id] = await events.deadLetters.add([letter(TOPIC, BAD)]);
    const wrong = { through: 'dlq', patch: '$error("no")' };
    const { lastError } = await post<{ lastError: string }>(`letters/${id}/republish`, wrong);
    assert.doesNotMatch(lastError, /stack|node_modules|\.js/);
    assert.equal((await events.deadLetters.get(id!))?.attempts, 0);
  });

  it('show before a bulk repair what it would do', async () => {
    await events.deadLetters.add([
      ...Array.from({ length: 12 }, (_, index) => letter(TOPIC, { ...BAD, idempotency_key: `k${index}` })),
      letter(TOPIC, { kind: '' }),
      letter(TOPIC, BAD, { message: message(TOPIC, BAD, { expiresAt: 1 }) }),
    ]);
    const filter = { topicFilter: 'tracker/#' };
    interface Shown {
      total: number;
      tried: number;
      wouldPass: number;
      problems: { reason: string; count: number }[];
      first: { before: { text: string }; after: { text: string } }[];
    }
    const shown = await post<Shown>('repair/preview', { through: 'dlq', filter, patch: PATCH });
    assert.deepEqual([shown.total, shown.tried, shown.wouldPass, shown.first.length], [14, 14, 12, 10]);
    assert.deepEqual(
      shown.problems.map(({ count }) => count),
      [1, 1],
    );
    assert.ok(shown.problems.some(({ reason }) => reason.includes('has expired')));
    assert.match(shown.first[0]!.before.text, /"trace_id":"none"/);
    assert.match(shown.first[0]!.after.text, /"trace_id":"550e8400/);
    assert.equal(heard.length, 0);
    assert.equal(await events.deadLetters.count({ attemptsBelow: 1, states: ['waiting'] }), 14);
  });

  it('never send an expired command, whose letter does not know its expiry, and send one that was given a new time', async () => {
    const topic = 'tracker/commands/clear_cache';
    const sent: string[] = [];
    await (helper.getNode('broker') as BrokerNode).broker!.subscribe(topic, (delivery) => {
      sent.push(text(delivery.message));
      delivery.settle('ack');
    });
    const command = { ...GOOD, kind: 'clear_cache', payload: { cache: 'projects' } };
    const [id] = await events.deadLetters.add([letter(topic, command, { code: 'EVENT_EXPIRED' })]);
    const ask = { through: 'dlq', commands: [topic] };
    const { expired } = await post<{ expired: number }>(`letters/${id}/republish`, ask);
    assert.deepEqual([expired, sent, (await events.deadLetters.get(id!))?.attempts], [1, [], 0]);
    const patch = `$merge([payload, {"ts": "${new Date().toISOString()}"}])`;
    const { recovered } = await post<{ recovered: number }>(`letters/${id}/republish`, { ...ask, patch });
    assert.deepEqual([recovered, sent.length], [1, 1]);
  });

  it('take back what was given up, and group what failed alike', async () => {
    const ids = await events.deadLetters.add([letter('a'), letter('a'), letter('b')]);
    await post('letters/discard', { ids });
    assert.deepEqual(await post('letters/undiscard', { ids: ids.slice(0, 2) }), { restored: 2 });
    await post('letters/undiscard', {}, 400);
    const { groups } = await get<{ groups: { topic: string; count: number }[] }>(
      'letter-groups?state=waiting',
    );
    assert.deepEqual(
      groups.map(({ topic, count }) => [topic, count]),
      [['a', 2]],
    );
    assert.deepEqual(await actions(), ['undiscard', 'discard']);
  });

  it('refuse what they do not know, what is no JSON, and what comes from elsewhere', async () => {
    await events.deadLetters.add([letter('a'), letter('b')]);
    for (const [route, body] of [
      ['letters/discard', { filter: { typo: 1 } }],
      ['letters/discard', { filter: {}, typo: 1 }],
      ['letters/discard', { filter: [] }],
      ['letters/discard', { filter: null }],
      ['repair', { through: 'dlq', filter: { state: 'waiting', topicfilter: 'x' } }],
      ['letters/1/try', { through: 'dlq', edited: null }],
      ['letters/1/try', { through: 'dlq', edited: { encoding: 'hex' } }],
      ['letters/1/republish', { through: 'dlq', edited: [] }],
      ['erase', { subject: 'SN-77', sure: true }],
      ['queues/outbox/q/discard', { all: true, id: 1 }],
    ] as const) {
      const said = await post<{ code: string }>(route, body, 400);
      assert.equal(said.code, 'SETTING_INVALID', JSON.stringify(body));
    }
    assert.equal(await events.deadLetters.count({ states: ['waiting'] }), 2);
    await get('letters?typo=1', 400);
    const request = () => helper.request().post('/gridwire/stores/store/erase');
    await request().type('form').send({ subject: 'SN-77' }).expect(403);
    await request().type('text/plain').send('{"subject":"SN-77"}').expect(403);
    await request().expect(403);
    await request().set('Origin', 'http://evil.example').send({ subject: 'SN-77' }).expect(403);
    await request().set('Sec-Fetch-Site', 'cross-site').send({ subject: 'SN-77' }).expect(403);
    await request().set('Sec-Fetch-Site', 'same-origin').send({ subject: 'SN-77' }).expect(200);
  });

  it('show what waits, and give up one message or a whole queue of it', async () => {
    const parked = (key: string) => ({
      ...{ key, message: message(`p/${key}`), attempts: 2, nextAttemptAt: 9_999_999_999_999, reason: 'no' },
    });
    await events.parked.park('subscribe gone', [parked('1'), parked('2'), parked('3')]);
    await events.outbox.add(
      'publish gone',
      Array.from({ length: 600 }, () => message('o')),
    );
    type Queues = Record<string, { queue: string; count: number; owner?: object }[]>;
    const queues = await get<Queues>('queues');
    assert.deepEqual(
      queues['parked']?.map(({ queue, count }) => [queue, count]),
      [['subscribe gone', 3]],
    );
    assert.deepEqual(
      queues['outbox']?.map(({ count, owner }) => [count, owner]),
      [[600, undefined]],
    );
    const route = `queues/parked/${encodeURIComponent('subscribe gone')}`;
    const { messages } = await get<{ messages: { id: string; reason: string }[] }>(route);
    assert.deepEqual(messages.map(({ id, reason }) => [id, reason])[0], ['1', 'no']);
    await post(`${route}/discard`, { ids: ['1'] });
    assert.equal((await events.parked.usage('subscribe gone')).count, 2);
    await post(`${route}/discard`, {}, 400);
    await post(`${route}/discard`, { all: true });
    const outbox = `queues/outbox/${encodeURIComponent('publish gone')}/discard`;
    assert.deepEqual(await post(outbox, { all: true }), { discarded: 600 });
    assert.deepEqual(await get<Queues>('queues'), { outbox: [], parked: [] });
    assert.deepEqual(await actions(), ['discard', 'discard', 'discard']);
    const { entries } = await get<{ entries: { actor: string }[] }>('audit');
    assert.deepEqual(new Set(entries.map(({ actor }) => actor)), new Set(['nobody logged in']));
  });

  it('discard what a live node has in memory too, and the flow that waits for it hears of it', async () => {
    const ends: (string | undefined)[] = [];
    const publish = helper.getNode('publish-away');
    for (const payload of ['1', '2', '3']) publish.receive({ topic: 't', payload });
    const route = `queues/outbox/${encodeURIComponent('publish publish-away to away')}`;
    const messages = async () => (await get<{ messages: { id: number }[] }>(route)).messages;
    for (const end = Date.now() + 10_000; (await messages()).length < 3;)
      assert.ok(Date.now() < end, 'the three events are not in the store');
    (publish as unknown as EventEmitter).on('call:error', ({ firstArg }: { firstArg: { code?: string } }) => {
      ends.push(firstArg.code);
    });
    const [first] = await messages();
    assert.deepEqual(await post(`${route}/discard`, { ids: [first!.id, 999_999] }), { discarded: 1 });
    await until('one has ended', () => ends.length === 1);
    assert.deepEqual(await post(`${route}/discard`, { all: true }), { discarded: 2 });
    await until('all have ended', () => ends.length === 3);
    assert.deepEqual(new Set(ends), new Set(['OUTBOX_DISCARDED']));
  });

  it('let a node of the same broker send what has no node, or give it out as a file, and no other node', async () => {
    const queue = 'publish gone to away';
    await events.outbox.add(queue, [
      { ...message('o', 'first'), key: Buffer.from([0xff]), headers: { a: 'b', n: null } },
      message('o', 'second'),
    ]);
    await events.outbox.add('publish gone to elsewhere', [message('e')]);
    type Waiting = { queue: string; count: number; owner?: object; senders?: { id: string }[] };
    const waiting = async () => (await get<{ outbox: Waiting[] }>('queues')).outbox;
    assert.deepEqual(
      (await waiting()).map((each) => [each.queue, each.owner, each.senders?.map(({ id }) => id)]),
      [
        [queue, undefined, ['publish-away']],
        ['publish gone to elsewhere', undefined, []],
      ],
    );
    assert.deepEqual((await get<{ orphans: object }>('state')).orphans, { queues: 2, count: 3 });

    const route = `queues/outbox/${encodeURIComponent(queue)}`;
    const { messages, after } = await get<{ messages: Record<string, unknown>[]; after: number }>(
      `${route}/export`,
    );
    assert.equal(messages.length, 2);
    assert.deepEqual(
      [messages[0]?.['body'], messages[0]?.['keyBase64'], messages[0]?.['headers']],
      [
        Buffer.from('first').toString('base64'),
        '/w==',
        [
          { name: 'a', value: 'b' },
          { name: 'n', value: null },
        ],
      ],
    );
    assert.deepEqual((await get<{ messages: [] }>(`${route}/export?after=${after}`)).messages, []);

    for (const through of [undefined, 'dlq', 'nobody']) await post(`${route}/send`, { through }, 400);
    const elsewhere = `queues/outbox/${encodeURIComponent('publish gone to elsewhere')}/send`;
    await post(elsewhere, { through: 'publish-away' }, 400);
    assert.deepEqual(await post(`${route}/send`, { through: 'publish-away' }), { moved: 2 });
    assert.deepEqual(
      (await waiting()).map((each) => [each.queue, each.count]),
      [
        ['publish gone to elsewhere', 1],
        ['publish publish-away to away', 2],
      ],
    );
    const live = (helper.getNode('store') as StoreNode).outboxes.all();
    const found = live.find(({ owner }) => owner.node.id === 'publish-away');
    await until('its node has found them', () => found?.outbox.size === 2);
    await post(`${route}/send`, { through: 'publish-away' }, 400);
    assert.deepEqual(await actions(), ['send']);
  });
});
