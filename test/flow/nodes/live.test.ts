import assert from 'node:assert/strict';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import broker from '../../../nodes/broker/broker.js';
import { registerRoutes } from '../../../nodes/editor/live-routes.js';
import publish from '../../../nodes/publish/publish.js';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { StoreNode } from '../../../nodes/runtime/store-node.js';
import store from '../../../nodes/store/store.js';
import type { Delivery } from '../../../src/brokers/broker.js';
import type { WireMessage } from '../../../src/event.js';
import { facts } from '../../../src/observe/facts/facts.js';
import type { AuditEntry } from '../../../src/store/state-stores.js';
import { nodeRedPackage } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';
import { temporaryFolder, text } from '../../unit/store/helpers.js';

const TELEMETRY = 'sites/1/devices/INV-1/telemetry';
const COMMAND = 'sites/1/devices/INV-1/commands';

describe('an event that is published again where it was seen to pass', () => {
  let remove: () => void;
  let heard: WireMessage[];
  const view = '/gridwire/live?viewer=ann&topic=&way=out&after=0';

  before(() => {
    helper.init(require.resolve(nodeRedPackage()));
  });
  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    await new Promise<void>((resolve) => helper.startServer(resolve));
    const out = { type: 'gridwire-publish', contract: '', retain: 'true' };
    const flow = [
      {
        id: 'store',
        type: 'gridwire-store',
        kind: 'sqlite',
        file: path.join(temporary.folder, 'store.db'),
      },
      { id: 'broker', type: 'gridwire-broker', name: 'site', transport: 'memory' },
      { ...out, id: 'out', name: 'plant', broker: 'broker', store: 'store' },
      { ...out, id: 'checked', broker: 'broker', contract: 'ecogrid-ems', eventType: 'telemetry' },
    ];
    await helper.load([store, broker, publish, registerRoutes], flow);
    heard = [];
    await listen(heard, false);
    await helper.request().get(view).expect(200);
  });
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    remove();
  });

  async function listen(into: WireMessage[], retained: boolean): Promise<void> {
    const take = (delivery: Delivery): void => {
      into.push(delivery.message);
      delivery.settle('ack');
    };
    await (helper.getNode('broker') as BrokerNode).broker!.subscribe('sites/#', take, { retained });
  }
  async function pass(topic: string, payload: unknown, more: object = {}): Promise<void> {
    const before = heard.length;
    helper.getNode('out').receive({ topic, payload, qos: 1, ...more });
    await until('it was heard', () => heard.length > before);
  }
  /** Asks for the event that passed first, or one after it. */
  async function again(status: number, body: object = {}, later = 0): Promise<{ code?: string }> {
    const { last, sampled } = (await helper.request().get(view)).body as Record<'last' | 'sampled', number>;
    const row = last - sampled + 1 + later;
    const answer = await helper.request().post(`/gridwire/live/ann/${row}/publish`).send(body).expect(status);
    return answer.body as object;
  }
  const audit = async (): Promise<AuditEntry[]> =>
    (await (helper.getNode('store') as StoreNode).connection!.access()).audit.list(
      Number.MAX_SAFE_INTEGER,
      9,
    );

  it('goes as it was, with a mark and not retained, and the log says who did it and how it ended', async () => {
    await pass(TELEMETRY, '{ "power":  1.50 }', { headers: { unit: 'kW' }, retain: true });
    await again(200);
    const [first, second] = heard;
    assert.equal(text(second!), '{ "power":  1.50 }');
    assert.deepEqual([second?.topic, second?.qos], [TELEMETRY, first?.qos]);
    const { 'gridwire-replay': mark, ...headers } = second!.headers;
    assert.match(String(mark), /^live:\d{4}-/);
    assert.deepEqual(headers, { ...first!.headers });
    const kept: WireMessage[] = [];
    await listen(kept, true);
    await until('what is retained was heard', () => kept.length > 0);
    assert.equal(kept[0]?.headers['gridwire-replay'], undefined);
    const [{ actor, action, details } = {} as AuditEntry] = await audit();
    assert.deepEqual([actor, action, details.outcome], ['nobody logged in', 'republish', 'sent']);
    assert.deepEqual(
      [details.node, details.broker, details.right],
      ['plant', 'site', 'gridwire.repair.write'],
    );
    // It is not erased with what it is about.
    assert.doesNotMatch(JSON.stringify(details), /INV-1/);
  });

  it('is no command, unless somebody names it', async () => {
    await pass(COMMAND, '{"command":"discharge"}');
    assert.equal((await again(400)).code, 'REPLAY_REFUSED');
    assert.equal((await again(400, { commands: ['another'] })).code, 'REPLAY_REFUSED');
    assert.equal(heard.length, 1);
    assert.equal((await audit())[0]?.details.outcome, 'not sent: REPLAY_REFUSED');
    await again(200, { commands: [COMMAND] });
    assert.equal(heard.length, 2);
  });

  it('is none that is larger than what is kept, none that has gone, and nothing that means nothing', async () => {
    await pass(TELEMETRY, 'x'.repeat(20_000));
    assert.equal((await again(400)).code, 'NOT_SUPPORTED');
    await again(404, {}, 1);
    await again(400, { commands: 'all' });
    await again(400, { through: 'out' });
    assert.equal(heard.length, 1);
  });

  it('is none that breaks the contract of its node, or whose node is not there any more', async () => {
    const place = { node: 'checked', id: 'checked', brokerId: 'broker' };
    const message = {
      topic: TELEMETRY,
      body: Buffer.from('{}'),
      qos: 1,
      retain: false,
      headers: {},
    } as const;
    facts.passing.tell({ place, way: 'out', message });
    facts.passing.tell({ place: { ...place, id: 'gone' }, way: 'out', message });
    assert.equal((await again(400)).code, 'SCHEMA_VIOLATION');
    assert.equal((await again(400, {}, 1)).code, 'SETTING_INVALID');
    assert.equal(heard.length, 0);
  });
});
