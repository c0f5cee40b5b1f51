import assert from 'node:assert/strict';
import { listError } from '../../../nodes/publish/elements.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { BOUNDS } from '../../../src/bounds.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { GridwireError } from '../../../src/errors.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { mqttBroker } from '../../support/flows.js';
import { freePort } from '../../../scripts/services/service.js';

const publish = (more: Record<string, unknown> = {}): FlowNode => ({
  ...{
    id: 'publish',
    type: 'gridwire-publish',
    broker: 'broker',
    contract: 'ecogrid-ems',
    eachElement: true,
  },
  ...{ dialect: 'documented', eventType: 'telemetry', parameters: [], wires: [['out']] },
  ...more,
});
const out: FlowNode = { id: 'out', type: 'helper' };
const seen: FlowNode = { id: 'seen', type: 'helper' };
const subscribe: FlowNode = {
  ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: '#' },
  wires: [['seen'], []],
};
const parameters = { siteId: 1, serialNumber: 'INV-001' };
const readings = (count: number) => Array.from({ length: count }, (_, n) => ({ powerKw: n }));

describe('gridwire-publish with a list of events', () => {
  const flows = useFlows();
  const receive = (message: object): void => flows.node('publish').receive(message as GridwireMessage);
  const payloads = () => (flows.received('seen') as GridwireMessage[]).map(({ payload }) => payload);
  const failure = async (): Promise<{ code: string | undefined; message: string }> => {
    const [code] = await settled(() => flows.endsOf('publish'), 1);
    return { code, message: flows.logged('publish', 'error').at(-1) ?? '' };
  };

  it('publishes each element in order, and is done once, when all are acknowledged', async () => {
    await flows.load([memory, publish(), out, subscribe, seen]);
    receive({ payload: readings(100), parameters });
    const [passed] = (await settled(() => flows.received('out'), 1)) as GridwireMessage[];
    const results = passed?.['results'] as { topic: string; result: { success: boolean } }[];
    assert.equal(results.length, 100);
    assert.ok(results.every(({ topic, result }) => topic.endsWith('INV-001/telemetry') && result.success));
    await settled(() => flows.received('seen'), 100);
    assert.deepEqual(payloads(), readings(100));
    assert.deepEqual(flows.endsOf('publish'), [undefined]);
  });

  it('reads a list that is a text, whose texts are values', async () => {
    await flows.load([memory, publish({ contract: '', topic: 'list' }), out, subscribe, seen]);
    receive({ payload: '["a", "45.2", 45.2]' });
    await settled(() => flows.received('seen'), 3);
    assert.deepEqual(payloads().map(String), ['a', '45.2', '45.2']);
  });

  it('takes the topic of each from its element', async () => {
    const pick = [{ name: 'serialNumber', value: 'payload.serial', type: 'msg' }];
    await flows.load([memory, publish({ parameters: pick }), out, subscribe, seen]);
    receive({ payload: ['A', 'B'].map((serial) => ({ powerKw: 1, serial })), parameters: { siteId: 1 } });
    const topics = (await settled(() => flows.received('seen'), 2)).map(({ topic }) => topic);
    assert.deepEqual(topics, ['sites/1/devices/A/telemetry', 'sites/1/devices/B/telemetry']);
  });

  it('checks all before it sends the first: one bad element is named, and nothing goes out', async () => {
    await flows.load([memory, publish(), out, subscribe, seen]);
    receive({ payload: [...readings(4), { powerKw: 'high' }], parameters });
    const { code, message } = await failure();
    assert.equal(code, 'SCHEMA_VIOLATION');
    assert.match(message, /^Element 4 of the list of 5: .* Nothing of the list was published\.$/s);
    receive({ payload: readings(1), parameters });
    await settled(() => flows.received('seen'), 1);
    assert.deepEqual(payloads(), readings(1));
  });

  it('refuses an empty place of a list by its number', async () => {
    await flows.load([memory, publish(), out, subscribe, seen]);
    const list: unknown[] = readings(2);
    list[3] = { powerKw: 3 };
    receive({ payload: list, parameters });
    const { code, message } = await failure();
    assert.equal(code, 'SCHEMA_VIOLATION');
    assert.match(message, /^Element 2 of the list of 4: /);
    assert.equal(flows.received('seen').length, 0);
  });

  it('takes nothing for a list that is none, nor a list that is too long; an empty one is done at once', async () => {
    await flows.load([memory, publish(), out, subscribe, seen]);
    const bad = [{ powerKw: 1 }, null, undefined, 'text', '{"a":1}', 5, readings(BOUNDS.listElements + 1)];
    for (const payload of bad) receive({ payload, parameters });
    const ends = await settled(() => flows.endsOf('publish'), bad.length);
    assert.deepEqual(new Set(ends), new Set(['PAYLOAD_NOT_LIST', 'BODY_NOT_JSON']));
    receive({ payload: [], parameters });
    const [passed] = (await settled(() => flows.received('out'), 1)) as GridwireMessage[];
    assert.deepEqual(passed?.['results'], []);
    assert.equal(flows.received('seen').length, 0);
  });

  it('does not give all elements the id of the event that the list came in', async () => {
    const taylordash = publish({ contract: 'taylordash', eventType: '' });
    await flows.load([memory, taylordash, out, subscribe, seen]);
    const envelope = { idempotency_key: 'the same' };
    const event = { contract: 'taylordash', type: 'project-created', parameters: {}, payload: {}, envelope };
    const project = contracts['taylordash']!.types['project-created']!.example as object;
    receive({ payload: [project, { ...project, name: 'Other' }], event });
    const arrived = await settled(() => flows.received('seen'), 2);
    const keys = arrived.map(({ payload }) => (payload as { idempotency_key: string }).idempotency_key);
    assert.equal(new Set([...keys, 'the same']).size, 3);
  });

  it('fails once, however many of its events are given up', async () => {
    await flows.load([mqttBroker('broker', await freePort()), publish(), out]);
    receive({ payload: readings(5), parameters });
    await flows.node('publish').close(false);
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 1), ['BROKER_CLOSED']);
    assert.match(
      flows.logged('publish', 'warn').at(-1) ?? '',
      /^Given up while waiting in memory for the broker: 5 events, /,
    );
    assert.equal(flows.received('out').length, 0);
  });
});

describe('the error of a list', () => {
  it('says how many were not published and why the first was not, and keeps its class', () => {
    const full = new GridwireError('OUTBOX_FULL', 'No room.');
    const error = listError(
      [3, 4].map((index) => ({ index, reason: full })),
      5,
    );
    assert.equal(
      error.message,
      '2 of the 5 events of the list were not published. The first is element 3: No room.',
    );
    assert.deepEqual([error.code, error.fault, error.cause], ['OUTBOX_FULL', 'transient', full]);
    assert.deepEqual(error.details, { elements: [3, 4], count: 2 });
  });
});
