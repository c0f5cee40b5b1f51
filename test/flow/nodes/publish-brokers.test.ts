import assert from 'node:assert/strict';
import { freePort } from '../../../scripts/services/service.js';
import { settled, useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const memoryNamed = (id: string, name: string, topicPrefix = ''): FlowNode => ({
  ...{ id, name, topicPrefix, type: 'gridwire-broker', transport: 'memory' },
});
const listen = (broker: string): FlowNode[] => [
  {
    ...{ id: `at ${broker}`, type: 'gridwire-subscribe', broker, contract: '', filter: '#' },
    ...{ settlement: 'receipt', wires: [[`seen ${broker}`], []] },
  },
  { id: `seen ${broker}`, type: 'helper' },
];
const publish = (more: Record<string, unknown> = {}): FlowNode => ({
  ...{ id: 'publish', type: 'gridwire-publish', broker: 'a', broker2: 'b', contract: 'celine-dt' },
  ...{ dialect: 'documented', eventType: 'app-execution-started', parameters: [], wires: [['out']] },
  ...more,
});
const out: FlowNode = { id: 'out', type: 'helper' };

describe('gridwire-publish with several brokers', () => {
  const flows = useFlows();
  const send = (broker: unknown, request: string): void =>
    flows.node('publish').receive({ broker, payload: { app_key: 'pv', request_id: request } });
  const requests = (helper: string): unknown[] =>
    flows
      .received(helper)
      .map(({ payload }) => (payload as { payload: { request_id: string } }).payload.request_id);

  it('goes to the first without a name, and to the one that msg.broker names, under its own prefix', async () => {
    const brokers = [memoryNamed('a', 'mqtt_local'), memoryNamed('b', 'mqtt_backup', 'backup/')];
    await flows.load([...brokers, ...listen('a'), ...listen('b'), publish(), out]);
    for (const [broker, request] of [
      [undefined, 'r1'],
      ['mqtt_backup', 'r2'],
      ['mqtt_local', 'r3'],
      ['', 'r4'],
    ] as const)
      send(broker, request);
    await settled(() => flows.received('out'), 4);
    await settled(() => flows.received('seen b'), 1);
    assert.deepEqual(requests('seen a'), ['r1', 'r3', 'r4']);
    assert.deepEqual(requests('seen b'), ['r2']);
    assert.equal(flows.received('seen a')[0]?.topic, 'celine/dt/app/execution-started/pv');
    assert.equal(flows.received('seen b')[0]?.topic, 'backup/app/execution-started/pv');
  });

  it('refuses a name that the panel does not allow, though there is such a broker', async () => {
    const brokers = [
      memoryNamed('a', 'mqtt_local'),
      memoryNamed('b', 'mqtt_backup'),
      memoryNamed('c', 'secret'),
    ];
    await flows.load([...brokers, ...listen('c'), publish(), out]);
    for (const name of ['secret', 'c', { toString: 1 }, 'constructor', '__proto__']) send(name, 'r');
    const ends = await settled(() => flows.endsOf('publish'), 5);
    assert.deepEqual(ends, Array(5).fill('BROKER_NOT_CONFIGURED'));
    assert.deepEqual(flows.received('seen c'), []);
  });

  it('keeps the events of one broker that is away without holding up the other', async () => {
    const away = mqttBroker('b', await freePort(), { name: 'mqtt_backup' });
    await flows.load([
      memoryNamed('a', 'mqtt_local'),
      away,
      ...listen('a'),
      publish({ outboxCount: '1' }),
      out,
    ]);
    send('mqtt_backup', 'waits');
    send('mqtt_backup', 'too many');
    send('mqtt_local', 'goes');
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 2), ['OUTBOX_FULL', undefined]);
    assert.deepEqual(requests('seen a'), ['goes']);
    await flows.node('publish').close(false);
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 3), [
      'OUTBOX_FULL',
      undefined,
      'BROKER_CLOSED',
    ]);
  });

  it('says which of the brokers cannot be chosen, and why', async () => {
    const brokers = [memoryNamed('a', 'same'), memoryNamed('b', 'same'), memoryNamed('c', '')];
    await flows.load([...brokers, publish({ broker3: 'c', broker4: 'gone' }), out]);
    const [line] = flows.logged('publish', 'error');
    assert.match(line ?? '', /broker3: the broker needs a name/);
    assert.match(line ?? '', /broker4: choose a broker/);
    assert.match(line ?? '', /two of the brokers are named "same"/);
  });
});
