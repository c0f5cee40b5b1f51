import assert from 'node:assert/strict';
import { DEVICES_TYPE } from '../../../nodes/runtime/config-types.js';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import type { WireMessage } from '../../../src/event.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const MAC = '50:54:7B:22:2F:20';
const STATUS = `battery_hawk/device/${MAC}/status`;
const status = { device_id: MAC, timestamp: '2026-01-15T10:30:00Z', connected: true };

const registry: FlowNode = { id: 'devices', type: DEVICES_TYPE, devices: [], policy: 'onboard' };
const hawk = { broker: 'broker', contract: 'battery-hawk', dialect: 'documented' };
const subscribe: FlowNode = {
  ...{ id: 'node', type: 'gridwire-subscribe', eventType: 'status', ...hawk },
  wires: [['out'], ['refused']],
};
const ingest: FlowNode = {
  ...{ id: 'node', type: 'gridwire-ingest', devices: 'devices', ...hawk },
  wires: [['out'], ['out'], ['refused']],
};
const ecogrid: FlowNode = { ...ingest, contract: 'ecogrid-ems' };
const helpers: FlowNode[] = ['out', 'refused'].map((id) => ({ id, type: 'helper' }));

function wire(topic: string, body: unknown): WireMessage {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { topic, body: bytes, qos: 1, retain: false, headers: {} };
}

describe('a retained value that is cleared', () => {
  const flows = useFlows();

  async function publish(topic: string, body: unknown, more: Partial<WireMessage> = {}): Promise<void> {
    const { broker } = flows.node('broker') as BrokerNode;
    await broker!.publish({ ...wire(topic, body), ...more });
  }
  const out = (): GridwireMessage[] => flows.received('out');
  const codes = (): unknown[] =>
    flows.received('refused').map(({ error }) => (error as { code: string } | undefined)?.code);

  for (const [name, node] of [
    ['event subscribe', subscribe],
    ['telemetry ingest', ingest],
  ] as const) {
    it(`${name}: is no event and no letter, and the next value is one`, async () => {
      await flows.load([memory, registry, node, ...helpers]);
      await publish(STATUS, status);
      await publish(STATUS, '');
      await publish(STATUS, { ...status, connected: false });
      await settled(out, 2);
      assert.deepEqual(codes(), []);
    });
  }

  it('is known by a value that the broker had kept, where the contract keeps none', async () => {
    const topic = 'sites/1/devices/INV-1/telemetry';
    const kept = { ...memory, memoryName: 'cleared' };
    const before = new MemoryBroker({ name: 'cleared' });
    await before.connect();
    await before.publish({ ...wire(topic, { powerKw: 1 }), retain: true });
    await flows.load([kept, registry, ecogrid, ...helpers]);
    await settled(out, 1);
    await publish(topic, '');
    await publish('sites/1/devices/INV-2/telemetry', '');
    await publish(topic, { powerKw: 2 });
    await settled(out, 2);
    await settled(() => flows.received('refused'), 1);
    assert.deepEqual(codes(), ['BODY_EMPTY'], 'an empty message where no value was kept is still refused');
  });

  it('is a record without a value, on a log', async () => {
    await flows.load([memory, registry, subscribe, ...helpers]);
    await publish(STATUS, '', { tombstone: true });
    await publish(STATUS, status);
    await settled(out, 1);
    assert.deepEqual(codes(), []);
  });
});
