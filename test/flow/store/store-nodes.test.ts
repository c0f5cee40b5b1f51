import assert from 'node:assert/strict';
import path from 'node:path';
import type { Node } from 'node-red';
import helper from 'node-red-node-test-helper';
import broker from '../../../nodes/broker/broker.js';
import dlq from '../../../nodes/dlq/dlq.js';
import mirror from '../../../nodes/mirror/mirror.js';
import replay from '../../../nodes/replay/replay.js';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { StoreNode } from '../../../nodes/runtime/store-node.js';
import store from '../../../nodes/store/store.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { freePort } from '../../../scripts/services/service.js';
import publish from '../../../nodes/publish/publish.js';
import { settled } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import { nodeRedPackage } from '../../support/node-red-runtime.js';
import { message, temporaryFolder, text } from '../../unit/store/helpers.js';
import { until } from '../../support/wait.js';

type Message = Record<string, unknown>;

describe('store nodes', () => {
  let file: string;
  let remove: () => void;

  before(() => {
    helper.init(require.resolve(nodeRedPackage()));
  });
  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    file = path.join(temporary.folder, 'store.db');
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    remove();
  });

  /** A node under test between the flow and a helper node, with a store and a memory broker. */
  async function load(tested: Message, more: Message[] = []): Promise<{ node: Node; events: EventStore }> {
    const flow = [
      { id: 'store', type: 'gridwire-store', kind: 'sqlite', file },
      { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
      {
        id: 'tested',
        store: 'store',
        broker: 'broker',
        wires: [['out']],
        ...tested,
      },
      { id: 'out', type: 'helper' },
      ...more,
    ];
    await helper.load([store, broker, mirror, replay, dlq, publish], flow as never);
    const events = await (helper.getNode('store') as StoreNode).connection!.access();
    return { node: helper.getNode('tested'), events };
  }

  /** Sends a message in and waits for what comes out, or for the error that a catch node would see. */
  function pass(node: Node, input: Message): Promise<Message> {
    return new Promise((resolve, reject) => {
      const out = helper.getNode('out');
      out.removeAllListeners('input');
      out.once('input', (output: Message) => resolve(output));
      const failed = ({ args }: { args: [Error] }): void => reject(args[0]);
      node.removeAllListeners('call:error');
      node.once('call:error', failed);
      node.receive(input);
    });
  }

  /** What the memory broker publishes under a filter from now on. */
  async function listen(filter: string): Promise<{ topic: string; text: string }[]> {
    const heard: { topic: string; text: string }[] = [];
    const brokerNode = helper.getNode('broker') as BrokerNode;
    await brokerNode.broker!.subscribe(filter, (delivery) => {
      heard.push({
        topic: delivery.message.topic,
        text: text(delivery.message),
      });
      delivery.settle('ack');
    });
    return heard;
  }

  describe('event mirror', () => {
    it('passes a message on when it is committed, with the bytes it came with', async () => {
      const { node, events } = await load({
        type: 'gridwire-mirror',
        linger: '0',
      });
      const original = {
        topic: 'a/b',
        body: Buffer.from([0, 255]),
        qos: 2,
        retain: true,
        headers: {},
      };
      const output = await pass(node, {
        topic: 'a/b',
        payload: 'read',
        original,
      });
      assert.equal(output.payload, 'read');
      const [kept] = await events.mirror.read({}, 0, 9);
      assert.deepEqual([...kept!.message.body], [0, 255]);
      assert.equal(kept!.message.qos, 2);
      await pass(node, { topic: 'c', payload: { kind: 'test' } });
      assert.equal(await events.mirror.count({ kinds: ['test'] }), 1);
    });

    it('refuses a message without a topic', async () => {
      const { node, events } = await load({
        type: 'gridwire-mirror',
        linger: '0',
      });
      await assert.rejects(pass(node, { payload: 1 }), {
        code: 'TOPIC_ILLEGAL',
      });
      assert.equal(await events.mirror.count({}), 0);
    });

    it('does not start without a store', async () => {
      await load({ type: 'gridwire-mirror', store: '' });
      const node = helper.getNode('tested');
      await assert.rejects(pass(node, { topic: 'a', payload: 1 }), {
        code: 'SETTING_INVALID',
      });
    });
  });

  describe('event replay', () => {
    const kept = (events: EventStore): Promise<void> =>
      events.mirror.append([
        {
          message: message('tracker/events/projects/created', {
            kind: 'project_created',
          }),
        },
        {
          message: message('tracker/events/tasks/created', {
            kind: 'task_created',
          }),
        },
        {
          message: message('tracker/commands/clear_cache', {
            kind: 'clear_cache',
          }),
        },
      ]);

    it('replays the selected kinds under the prefix and says how it went', async () => {
      const { node, events } = await load({
        type: 'gridwire-replay',
        pace: 'unlimited',
        kinds: 'project_created',
      });
      const heard = await listen('#');
      await kept(events);
      const output = await pass(node, { payload: {}, user: 'ana' });
      assert.deepEqual(output.payload, {
        state: 'done',
        done: 1,
        total: 1,
        leftOut: 0,
        refused: 0,
      });
      assert.deepEqual(
        heard.map(({ topic }) => topic),
        ['replay/tracker/events/projects/created'],
      );
      const [entry] = await events.audit.list(Date.now() + 1, 1);
      assert.deepEqual([entry?.actor, entry?.action], ['ana', 'replay']);
    });

    it('leaves commands out, also those that no contract described', async () => {
      const { node, events } = await load({
        type: 'gridwire-replay',
        pace: 'unlimited',
      });
      const heard = await listen('#');
      await kept(events);
      const { payload } = await pass(node, {
        payload: { topicFilter: 'tracker/#' },
      });
      assert.equal((payload as { leftOut: number }).leftOut, 1);
      assert.ok(heard.every(({ topic }) => !topic.includes('commands')));
      assert.equal(heard.length, 2);
      await assert.rejects(pass(node, { payload: { types: ['clear-cache'] } }), { code: 'REPLAY_REFUSED' });
      await assert.rejects(pass(node, { payload: { kinds: 'x' } }), {
        code: 'SETTING_INVALID',
      });
    });

    it('goes on after a redeploy where it was interrupted', async () => {
      const settings = { type: 'gridwire-replay', pace: 'rate', speed: '1' };
      const first = await load(settings);
      await kept(first.events);
      const heard = await listen('#');
      first.node.receive({ payload: {} });
      await until('something is heard', () => heard.length > 0);
      await helper.unload();
      const second = await load(settings);
      const rest = await listen('#');
      await until('the rest comes', () => rest.length > 0);
      assert.ok(await second.events.replayCursors.get('tested'));
      assert.ok(rest[0]?.topic.startsWith('replay/tracker/events/'));
    });
  });

  describe('dead letters', () => {
    const taylordash = { contract: 'taylordash' };
    const failed = {
      topic: 'tracker/events/projects/created',
      payload: { kind: 'project_created' },
      error: {
        code: 'SCHEMA_VIOLATION',
        message: 'trace_id is missing',
        fault: 'permanent',
      },
    };

    it('are kept and published, with their record', async () => {
      const { node, events } = await load({
        type: 'gridwire-dlq',
        ...taylordash,
      });
      const heard = await listen('tracker/dlq/#');
      const output = await pass(node, failed);
      assert.equal(output.stored, true);
      await until('something is heard', () => heard.length > 0);
      assert.equal(heard[0]?.topic, 'tracker/dlq/tracker_events_projects_created');
      const [letter] = await events.deadLetters.list({}, 0, 9);
      assert.equal(letter?.code, 'SCHEMA_VIOLATION');
      assert.equal(letter.record?.original_topic, failed.topic);
      assert.deepEqual(JSON.parse(text(letter.message)), failed.payload);
      while ((await events.outbox.usage('dlq tested to broker')).count > 0);
    });

    it('are published after a restart when the broker was away, and never to another one', async () => {
      const second = { id: 'second', type: 'gridwire-broker' };
      const away = {
        ...second,
        transport: 'mqtt',
        host: '127.0.0.1',
        port: '1',
      };
      const first = await load({ type: 'gridwire-dlq', ...taylordash, broker: 'second' }, [away]);
      assert.equal((await pass(first.node, failed)).stored, true);
      await helper.unload();
      const other = await load({ type: 'gridwire-dlq', ...taylordash });
      await pass(other.node, failed);
      while ((await other.events.outbox.usage('dlq tested to broker')).count > 0);
      assert.equal((await other.events.outbox.usage('dlq tested to second')).count, 1);
      await helper.unload();
      const again = await load({ type: 'gridwire-dlq', ...taylordash, broker: 'second' }, [
        { ...second, transport: 'memory' },
      ]);
      while ((await again.events.outbox.usage('dlq tested to second')).count > 0);
      const [letter] = await (helper.getNode('second') as BrokerNode).broker!.consume('tracker/dlq/#', {
        clear: false,
      });
      assert.ok(letter === undefined || letter.topic.startsWith('tracker/dlq/'));
      assert.equal(await again.events.deadLetters.count({ states: ['waiting'] }), 2);
    });

    it('are repaired by a patch, checked, sent back and marked', async () => {
      const { node, events } = await load({
        type: 'gridwire-replay',
        source: 'dead-letters',
        ...taylordash,
        patch: `$merge([payload, {
          "trace_id": "550e8400-e29b-41d4-a716-446655440000", "ts": "2025-01-15T10:30:00Z",
          "idempotency_key": "project_created_1642247400_a1b2c3d4"}])`,
      });
      const heard = await listen('tracker/events/#');
      const payload = {
        project_id: '550e8400-e29b-41d4-a716-446655440000',
        name: 'Roof',
        status: 'active',
        created_by: 'ana',
      };
      await events.deadLetters.add([
        {
          message: message(failed.topic, { kind: 'project_created', payload }),
          code: 'SCHEMA_VIOLATION',
          reason: 'trace_id is missing',
          fault: 'permanent',
          failedAt: Date.now(),
        },
        {
          message: message(failed.topic, { kind: '' }),
          code: 'SCHEMA_VIOLATION',
          reason: 'kind is empty',
          fault: 'permanent',
          failedAt: Date.now(),
        },
      ]);
      const output = await pass(node, {
        payload: { topicFilter: 'tracker/events/#' },
      });
      const { recovered, failed: left } = output.payload as {
        recovered: number;
        failed: number;
      };
      assert.deepEqual([recovered, left], [1, 1]);
      assert.equal(heard.length, 1);
      assert.equal((JSON.parse(heard[0]!.text) as { kind: string }).kind, 'project_created');
      assert.equal(await events.deadLetters.count({ states: ['recovered'] }), 1);
    });
  });

  for (const name of [':memory:', 'file:letters.db?mode=memory'])
    it(`refuse ${name} as the name of a file, before a file of that name is made`, async () => {
      await helper.load(
        [store],
        [{ id: 'store', type: 'gridwire-store', kind: 'sqlite', file: name } as never],
      );
      const node = helper.getNode('store') as StoreNode;
      assert.equal(node.connection, undefined);
      assert.match(
        helper
          .log()
          .args.flat()
          .map((entry) => String((entry as { msg?: unknown }).msg))
          .join(),
        /must be the path of a file/,
      );
    });

  it('tells its panel how it is doing', async () => {
    await load({ type: 'gridwire-mirror' });
    const response = await helper.request().get('/gridwire/stores/store/state').expect(200);
    const state = response.body as {
      state: string;
      commitMilliseconds: number;
      durability: string;
    };
    assert.equal(state.state, 'open');
    assert.equal(state.durability, 'process');
    assert.ok(state.commitMilliseconds > 0);
    await helper.request().get('/gridwire/stores/none/state').expect(404);
  });

  it('refuses a host with a login in it, and does not say it', async () => {
    const host = 'user:secret@127.0.0.1';
    const node = { id: 'pg', type: 'gridwire-store', kind: 'postgres', host, database: 'd' };
    await helper.load([store], [node] as never);
    const said = helper
      .log()
      .args.map(([entry]) => entry as { id?: string; msg?: unknown })
      .filter(({ id }) => id === 'pg')
      .map(({ msg }) => String(msg));
    assert.match(said.join(), /host: is no host name/);
    assert.doesNotMatch(said.join(), /secret/);
  });

  it('erases a subject on request, with a receipt', async () => {
    const { events } = await load({ type: 'gridwire-mirror' });
    await events.mirror.append([
      { message: message('devices/SN-77') },
      { message: message('devices/SN-78') },
    ]);
    const erase = (body: object) => helper.request().post('/gridwire/stores/store/erase').send(body);
    const { body } = (await erase({ subject: 'SN-77' }).expect(200)) as {
      body: { deleted: { mirror: number } };
    };
    assert.equal(body.deleted.mirror, 1);
    assert.equal(await events.mirror.count({}), 1);
    await erase({ subject: 7 }).expect(400);
    await helper.request().post('/gridwire/stores/none/erase').send({ subject: 'SN-78' }).expect(404);
  });

  /** Lets Node-RED hand a message over, erases SN-77, and says how much of it was in memory. */
  async function erasedInMemory(): Promise<number> {
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const request = helper.request().post('/gridwire/stores/store/erase').send({ subject: 'SN-77' });
    return ((await request.expect(200)).body as { inMemory: number }).inMemory;
  }

  it('erases a subject also from what waits for others to be mirrored with it', async () => {
    const { node, events } = await load({ type: 'gridwire-mirror', linger: '60000', batchSize: '2' });
    const erased = assert.rejects(pass(node, { topic: 'devices/SN-77', payload: 1 }), {
      code: 'OUTBOX_DROPPED',
    });
    assert.equal(await erasedInMemory(), 1);
    await erased;
    await pass(node, { topic: 'devices/SN-78', payload: 1 });
    assert.equal(await events.mirror.count({}), 1);
  });

  it('erases a subject also from what a replay has in hand', async () => {
    const { node, events } = await load({ type: 'gridwire-replay', pace: 'original', minutes: '0' });
    const [now, HOUR] = [Date.now(), 3_600_000];
    await events.mirror.append([
      { message: message('devices/SN-78'), recordedAt: now - 2 * HOUR },
      { message: message('devices/SN-77'), recordedAt: now - HOUR },
    ]);
    const heard = await listen('#');
    const ended = pass(node, { payload: {} });
    // The page has been read, and its second event waits for its hour.
    await until('the first is heard', () => heard.length > 0);
    assert.equal(await erasedInMemory(), 1);
    node.receive({ control: 'cancel' });
    await ended;
  });

  it('erases a subject also from what nodes without a store have in memory', async () => {
    const away = mqttBroker('away', await freePort());
    await load({ type: 'gridwire-mirror' }, [
      away,
      {
        id: 'publish',
        type: 'gridwire-publish',
        broker: 'away',
        contract: '',
        topic: '',
        qos: '1',
        wires: [[]],
      },
    ]);
    const node = helper.getNode('publish');
    const errors: string[] = [];
    const failed = ({ args }: { args: [Error & { code?: string }] }): void => {
      errors.push(args[0].code ?? args[0].message);
    };
    node.on('call:error' as never, failed as never);
    for (const subject of ['SN-77', 'SN-78']) node.receive({ topic: `devices/${subject}`, payload: 1 });
    // Node-RED hands messages over a turn later.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const { body } = (await helper
      .request()
      .post('/gridwire/stores/store/erase')
      .send({ subject: 'SN-77' })
      .expect(200)) as { body: { inMemory: number } };
    assert.equal(body.inMemory, 1);
    assert.deepEqual(await settled(() => errors, 1), ['OUTBOX_DROPPED']);
  });
});
