import assert from 'node:assert/strict';
import { DEVICES_TYPE } from '../../../nodes/runtime/config-types.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import type { DevicesNode } from '../../../nodes/runtime/devices-node.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const ingest: FlowNode = {
  id: 'ingest',
  type: 'gridwire-ingest',
  broker: 'broker',
  contract: 'ecogrid-ems',
  dialect: 'documented',
  devices: 'devices',
  wires: [['telemetry'], ['status'], ['rejected']],
};
const registry = (policy: string): FlowNode => ({
  id: 'devices',
  type: DEVICES_TYPE,
  devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1 }],
  policy,
});
const device: FlowNode = {
  id: 'device',
  type: 'gridwire-publish',
  broker: 'broker',
  contract: '',
  topic: '',
  wires: [[]],
};
const outputs: FlowNode[] = ['telemetry', 'status', 'rejected'].map((id) => ({ id, type: 'helper' }));

describe('gridwire-ingest', () => {
  const flows = useFlows();
  const load = (policy = 'onboard', more: FlowNode[] = []): Promise<void> =>
    flows.load([memory, registry(policy), ingest, device, ...outputs, ...more]);
  const send = (topic: string, payload: unknown): void => flows.node('device').receive({ topic, payload });

  it('sends telemetry, status changes and refused messages to their outputs', async () => {
    await load();
    send('sites/1/devices/INV-001/telemetry', { powerKw: 45.2 });
    send('sites/1/devices/INV-001/status', { status: 'OFFLINE' });
    send('sites/1/devices/INV-001/telemetry', 'nonsense');
    const [telemetry] = (await settled(() => flows.received('telemetry'), 1)) as GridwireMessage[];
    assert.equal(telemetry?.event?.type, 'device-telemetry');
    assert.equal(telemetry.event.key, 'INV-001');
    const [status] = (await settled(() => flows.received('status'), 1)) as GridwireMessage[];
    assert.equal((status?.payload as { newStatus: string }).newStatus, 'OFFLINE');
    const [rejected] = (await settled(() => flows.received('rejected'), 1)) as GridwireMessage[];
    assert.equal((rejected?.error as { code: string }).code, 'BODY_NOT_JSON');
    assert.equal(rejected?.deadLetterTopic, 'device-telemetry-dlt');
    assert.equal(rejected.original?.body.toString(), 'nonsense');
  });

  it('holds the messages of an unknown device until it is approved', async () => {
    await load('hold');
    send('sites/1/devices/NEW-9/telemetry', { powerKw: 1 });
    send('sites/1/devices/INV-001/telemetry', { powerKw: 2 });
    await settled(() => flows.received('telemetry'), 1);
    const { registry: devices } = flows.node('devices') as DevicesNode;
    assert.equal(devices?.heldMessages, 1);
    devices.approve({ serialNumber: 'NEW-9', id: 9, type: 'METER' });
    const events = (await settled(() => flows.received('telemetry'), 2)) as GridwireMessage[];
    assert.deepEqual(
      events.map(({ event }) => event?.key),
      ['INV-001', 'NEW-9'],
    );
  });

  it('rejects what was held for a device that is dismissed', async () => {
    await load('hold');
    send('sites/1/devices/NEW-9/telemetry', { powerKw: 1 });
    send('sites/1/devices/INV-001/telemetry', { powerKw: 2 });
    await settled(() => flows.received('telemetry'), 1);
    (flows.node('devices') as DevicesNode).registry?.dismiss('NEW-9');
    const [rejected] = (await settled(() => flows.received('rejected'), 1)) as GridwireMessage[];
    assert.equal((rejected?.error as { code: string }).code, 'DEVICE_UNKNOWN');
  });

  it('says which row of the registry is wrong, and does not run without it', async () => {
    const broken = { ...registry('onboard'), devices: [{ serialNumber: 'A/B', id: 1, type: 'METER' }] };
    await flows.load([memory, broken, ingest, ...outputs]);
    assert.match(flows.logged('devices', 'error').join('\n'), /devices, row 1: .*cannot be part of a topic/);
    assert.match(flows.logged('ingest', 'error').join('\n'), /devices: the registry has invalid settings/);
  });
});
