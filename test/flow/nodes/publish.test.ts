import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { mqttBroker } from '../../support/flows.js';
import { freePort } from '../../../scripts/services/service.js';

const publish = (more: Record<string, unknown>): FlowNode => ({
  id: 'publish',
  type: 'gridwire-publish',
  broker: 'broker',
  contract: 'ecogrid-ems',
  dialect: 'documented',
  eventType: 'telemetry',
  parameters: [],
  wires: [['out']],
  ...more,
});
const out: FlowNode = { id: 'out', type: 'helper' };
const seen: FlowNode = { id: 'seen', type: 'helper' };
const subscribe: FlowNode = {
  id: 'subscribe',
  type: 'gridwire-subscribe',
  broker: 'broker',
  contract: '',
  filter: '#',
  wires: [['seen'], []],
};

describe('gridwire-publish', () => {
  const flows = useFlows();

  it('publishes by the contract and passes the message on after the acknowledgement', async () => {
    await flows.load([memory, publish({}), out, subscribe, seen]);
    flows.node('publish').receive({
      payload: { powerKw: 45.2 },
      parameters: { siteId: 1, serialNumber: 'INV-001' },
    });
    const [passed] = (await settled(() => flows.received('out'), 1)) as GridwireMessage[];
    assert.equal(passed?.topic, 'sites/1/devices/INV-001/telemetry');
    assert.equal((passed['result'] as { success: boolean }).success, true);
    const [arrived] = (await settled(() => flows.received('seen'), 1)) as GridwireMessage[];
    assert.equal(arrived?.topic, 'sites/1/devices/INV-001/telemetry');
    assert.deepEqual(arrived.payload, { powerKw: 45.2 });
    assert.equal(arrived['qos'], 1);
    assert.deepEqual(flows.endsOf('publish'), [undefined]);
  });

  it('keeps the order of the headers with a contract too', async () => {
    await flows.load([memory, publish({}), out, subscribe, seen]);
    const parts = { headers: { 1: 'b', a: ['x', 'y'] }, headerOrder: ['a', '1', 'a'] };
    const parameters = { siteId: 1, serialNumber: 'INV-001' };
    flows.node('publish').receive({ payload: { powerKw: 45.2 }, parameters, ...parts });
    const [arrived] = (await settled(() => flows.received('seen'), 1)) as GridwireMessage[];
    const { headers, headerOrder } = arrived ?? {};
    assert.deepEqual({ headers, headerOrder }, parts);
  });

  it('takes topic parameters from the panel: constants, message, JSONata', async () => {
    const parameters = [
      { name: 'siteId', value: '7', type: 'str' },
      { name: 'serialNumber', value: '"EVC-" & device', type: 'jsonata' },
    ];
    await flows.load([memory, publish({ parameters }), out]);
    flows.node('publish').receive({ payload: { powerKw: 1 }, device: 9 });
    const [passed] = await settled(() => flows.received('out'), 1);
    assert.equal(passed?.topic, 'sites/7/devices/EVC-9/telemetry');
  });

  it('fails what the contract refuses, once, with a code, and publishes nothing', async () => {
    await flows.load([memory, publish({}), out, subscribe, seen]);
    const bad: [object, string][] = [
      [{ payload: { powerKw: 'high' }, parameters: { siteId: 1, serialNumber: 'A' } }, 'SCHEMA_VIOLATION'],
      [{ payload: { powerKw: 1 } }, 'PARAMETER_MISSING'],
      [{ payload: { powerKw: 1 }, parameters: { siteId: 1, serialNumber: 'A/B' } }, 'IDENTIFIER_ILLEGAL'],
      [{ payload: null, parameters: { siteId: 1, serialNumber: 'A' } }, 'SCHEMA_VIOLATION'],
    ];
    for (const [message] of bad) flows.node('publish').receive(message as GridwireMessage);
    const ends = await settled(() => flows.endsOf('publish'), bad.length);
    assert.deepEqual(
      ends,
      bad.map(([, code]) => code),
    );
    assert.equal(flows.received('seen').length, 0);
    assert.equal(flows.received('out').length, 0);
  });

  it('refuses an event whose type is no text, or none of the contract', async () => {
    await flows.load([memory, publish({ eventType: '' }), out]);
    const types = [Symbol('x'), {}, 5, ['x'], ['telemetry'], 'weather'];
    for (const type of types)
      flows.node('publish').receive({ payload: {}, event: { contract: 'ecogrid-ems', type } });
    assert.deepEqual(
      await settled(() => flows.endsOf('publish'), types.length),
      types.map(() => 'TYPE_UNKNOWN'),
    );
  });

  it('without a contract publishes the payload as it is, to the topic of the message', async () => {
    await flows.load([memory, publish({ contract: '', topic: '' }), out, subscribe, seen]);
    flows.node('publish').receive({ topic: 'a/b', payload: Buffer.from([1, 2, 255]), qos: 2 });
    flows.node('publish').receive({ topic: 'a/+', payload: 'x' });
    flows.node('publish').receive({ payload: 'x' });
    const [arrived] = (await settled(() => flows.received('seen'), 1)) as GridwireMessage[];
    assert.deepEqual(arrived?.payload, Buffer.from([1, 2, 255]));
    const ends = await settled(() => flows.endsOf('publish'), 3);
    assert.deepEqual([...ends].sort(), ['TOPIC_ILLEGAL', 'TOPIC_ILLEGAL', undefined]);
  });

  it('ends every message exactly once: waiting, refused by a full outbox, given up at close', async () => {
    const unreachable = mqttBroker('broker', await freePort());
    await flows.load([unreachable, publish({ outboxCount: '3' }), out]);
    for (let n = 0; n < 5; n += 1) {
      flows.node('publish').receive({
        payload: { powerKw: n },
        parameters: { siteId: 1, serialNumber: 'A' },
      });
    }
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 2), ['OUTBOX_FULL', 'OUTBOX_FULL']);
    await flows.node('publish').close(false);
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 5), [
      'OUTBOX_FULL',
      'OUTBOX_FULL',
      'BROKER_CLOSED',
      'BROKER_CLOSED',
      'BROKER_CLOSED',
    ]);
  });

  it('with settings that cannot work refuses every message and says which field and why', async () => {
    const broken = publish({ broker: 'nowhere', outboxCount: '-1', eventType: 'nonsense', topic: 'a/+' });
    await flows.load([broken, out]);
    const [line] = flows.logged('publish', 'error');
    assert.match(line ?? '', /broker: choose a broker/);
    assert.match(line ?? '', /outboxCount: must be a whole number from 1/);
    assert.match(line ?? '', /topic: The topic "a\/\+" cannot be published to: it contains a wildcard/);
    assert.match(line ?? '', /eventType: .*no event type "nonsense"/);
    flows.node('publish').receive({ payload: {} });
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 1), ['SETTING_INVALID']);
  });
});
