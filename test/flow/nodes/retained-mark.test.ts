import assert from 'node:assert/strict';
import { DEVICES_TYPE } from '../../../nodes/runtime/config-types.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const ecogrid = { contract: 'ecogrid-ems', dialect: 'documented' };
const nodes: FlowNode[] = [
  { ...memory, memoryName: 'retained-mark' },
  { ...memory, id: 'other' },
  { id: 'devices', type: DEVICES_TYPE, devices: [], policy: 'onboard' },
  {
    ...{ id: 'ingest', type: 'gridwire-ingest', broker: 'broker', devices: 'devices', ...ecogrid },
    wires: [['publish'], [], []],
  },
  {
    ...{ id: 'publish', type: 'gridwire-publish', broker: 'other', ...ecogrid, eventType: '' },
    ...{ parameters: [], wires: [[]] },
  },
  {
    ...{ id: 'end', type: 'gridwire-subscribe', broker: 'other', contract: '', filter: '#' },
    wires: [['ended'], []],
  },
  { id: 'ended', type: 'helper' },
];

describe('A retained measurement without a time', () => {
  const flows = useFlows();

  it('has its mark where it was published, and a live one has none', async () => {
    const device = new MemoryBroker({ name: 'retained-mark' });
    await device.connect();
    const wire = {
      topic: 'sites/1/devices/INV-001/telemetry',
      qos: 1,
      headers: { own: 'of the device' },
    } as const;
    const publish = (retain: boolean) =>
      device.publish({ ...wire, body: Buffer.from('{"powerKw":1}'), retain });
    await publish(true);
    await flows.load(nodes);
    const ended = (count: number): Promise<GridwireMessage[]> =>
      settled(() => flows.received('ended'), count) as Promise<GridwireMessage[]>;
    await ended(1);
    await publish(false);
    assert.deepEqual(
      (await ended(2)).map(({ original }) => original?.headers),
      [{ 'gridwire-retained': 'true' }, {}],
    );
  });
});
