import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

/** What one contract carries on topics that one filter selects. */
interface Mixture {
  contract: string;
  dialect: string;
  eventType: string;
  parameters?: { name: string; value: string; type: string }[];
  /** In order; those that are of the type are said to be. */
  messages: [topic: string, document: unknown, isWanted?: 'wanted'][];
}

const powergrid = (type: string, payload: object, env = 'e1'): object => ({
  ...{ env_id: env, sender_id: 'a', recipient_id: 'b', timestamp: 1, message_type: type, payload },
});
const state = { agent_id: 'DG1', device_type: 'sgen', P_MW: 1, Q_MVAr: 0, in_service: true };
const taylordash = (kind: string, payload: object = {}): object => ({
  ...{ trace_id: '550e8400-e29b-41d4-a716-446655440000', ts: '2026-01-15T10:30:00Z', kind },
  ...{ idempotency_key: kind, payload },
});
const bms = {
  ...{ soc: 1, remainingCapacity: 1, nominalCapacity: 1, chargeRate: 1, voltage: 1, current: 1 },
  ...{ temperature: 1, healthStatus: 'GOOD', efficiency: 1 },
};
const cloud = (app: string): object => ({ app });

const mixtures: Mixture[] = [
  {
    ...{ contract: 'powergrid', dialect: 'deployed', eventType: 'state-updates' },
    messages: [
      ['env_e1__state_updates', powergrid('state_update', state), 'wanted'],
      ['env_e1__action__e1_to_MG1', powergrid('action', { action: [1] })],
      ['env_e1__info__MG1_to_e1', powergrid('info', { a: 1 })],
      ['env_e2__state_updates', powergrid('state_update', state, 'e2'), 'wanted'],
      ['env_e1__power_flow_results__MG1', powergrid('info', { converged: true })],
      ['something_else', cloud('x')],
    ],
  },
  {
    ...{ contract: 'powergrid', dialect: 'deployed', eventType: 'network-state' },
    parameters: [{ name: 'env', value: 'e1', type: 'str' }],
    messages: [
      ['env_e1__power_flow_results__MG1', powergrid('info', { converged: true }), 'wanted'],
      ['env_e2__power_flow_results__MG1', powergrid('info', { converged: true }, 'e2')],
      ['env_e1__state_updates', powergrid('state_update', state)],
    ],
  },
  {
    ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry-bms' },
    messages: [
      ['sites/1/devices/A/telemetry', bms, 'wanted'],
      ['sites/1/devices/B/telemetry', { powerKw: 4 }],
      ['sites/1/devices/C/status', { status: 'ONLINE' }],
    ],
  },
  {
    ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry' },
    messages: [
      ['sites/1/devices/A/telemetry', bms],
      ['sites/1/devices/B/telemetry', { powerKw: 4 }, 'wanted'],
    ],
  },
  {
    ...{ contract: 'ecogrid-ems', dialect: 'deployed', eventType: 'telemetry-bms' },
    messages: [
      ['ecogrid/site1/solar/001', { currentOutput: 1 }],
      ['ecogrid/site1/BMS/001', { soc: 1 }, 'wanted'],
      ['ecogrid/site02/bms/002', { soc: 2 }, 'wanted'],
      ['ecogrid/site1/wind/001', { speed: 2 }],
      ['ecogrid/other/bms/001', { soc: 3 }],
    ],
  },
  {
    ...{ contract: 'taylordash', dialect: 'documented', eventType: 'event' },
    messages: [
      ['tracker/events/system/health_check', taylordash('health_check', { status: 'ok' })],
      ['tracker/events/test/api', taylordash('test_event'), 'wanted'],
    ],
  },
  {
    ...{ contract: 'taylordash', dialect: 'documented', eventType: 'metric' },
    messages: [
      ['tracker/metrics/performance', taylordash('performance')],
      ['tracker/metrics/queue_length', taylordash('queue_length', { value: 3 }), 'wanted'],
    ],
  },
];

describe('gridwire-subscribe with an event type', () => {
  const flows = useFlows();
  const helpers: FlowNode[] = ['taken', 'refused'].map((id) => ({ id, type: 'helper' }));

  async function publish(messages: Mixture['messages']): Promise<string[]> {
    const { broker } = flows.node('broker') as BrokerNode;
    for (const [topic, document] of messages)
      await broker!.publish({
        ...{ topic, body: Buffer.from(JSON.stringify(document)) },
        ...{ qos: 1, retain: false, headers: {} },
      });
    await new Promise(setImmediate);
    return messages.filter(([, , isWanted]) => isWanted).map(([topic]) => topic);
  }

  for (const { messages, ...choice } of mixtures) {
    const name = `${choice.contract} ${choice.dialect} ${choice.eventType}`;
    const subscribe = (more: object): FlowNode => ({
      ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', wires: [['taken'], ['refused']] },
      ...choice,
      ...more,
    });

    it(`hands out that type only as it comes: ${name}`, async () => {
      await flows.load([memory, subscribe({}), ...helpers]);
      const wanted = await publish(messages);
      const taken = await settled(() => flows.received('taken') as GridwireMessage[], wanted.length);
      assert.deepEqual(
        taken.map(({ topic, event }) => [topic, event?.type]),
        wanted.map((topic) => [topic, choice.eventType]),
      );
      assert.deepEqual(flows.received('refused'), []);
    });

    it(`hands out that type only when asked, and as many as asked: ${name}`, async () => {
      await flows.load([memory, subscribe({ mode: 'pull', pullForm: 'each' }), ...helpers]);
      const wanted = await publish(messages);
      flows.node('subscribe').receive({ limit: wanted.length });
      const taken = await settled(() => flows.received('taken') as GridwireMessage[], wanted.length);
      assert.deepEqual(
        taken.map(({ topic }) => topic),
        wanted,
      );
      assert.deepEqual(flows.received('refused'), []);
    });
  }

  it('refuses what cannot be read on a topic of the type, and nothing on topics of others', async () => {
    const [bmsOnly] = mixtures.filter(
      ({ dialect, contract }) => `${contract} ${dialect}` === 'ecogrid-ems deployed',
    );
    const { contract, dialect, eventType } = bmsOnly!;
    const node: FlowNode = {
      ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', wires: [['taken'], ['refused']] },
      ...{ contract, dialect, eventType },
    };
    await flows.load([memory, node, ...helpers]);
    await publish([
      ['ecogrid/site1/solar/001', 'not an object'],
      ['ecogrid/site1/bms/001', 'not an object'],
    ]);
    const [refused] = await settled(() => flows.received('refused') as GridwireMessage[], 1);
    assert.equal(refused?.topic, 'ecogrid/site1/bms/001');
  });

  it('narrows a pull by a parameter that shares its level with text', async () => {
    const node: FlowNode = {
      ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', wires: [['taken'], ['refused']] },
      ...{ contract: 'powergrid', dialect: 'deployed', eventType: 'state-updates' },
      ...{ mode: 'pull', pullForm: 'each' },
    };
    await flows.load([memory, node, ...helpers]);
    await publish(mixtures[0]!.messages);
    for (const env of ['e2', 'e1', 'e2']) flows.node('subscribe').receive({ parameters: { env } });
    const taken = await settled(() => flows.received('taken') as GridwireMessage[], 2);
    assert.deepEqual(
      taken.map(({ topic }) => topic),
      ['env_e2__state_updates', 'env_e1__state_updates'],
    );
  });
});
