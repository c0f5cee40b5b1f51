import assert from 'node:assert/strict';
import mqtt, { type MqttClient } from 'mqtt';
import { startMosquitto, type Mosquitto } from '../../scripts/services/index.js';
import {
  startVirtualMonitors,
  VIRTUAL,
  type VirtualMonitors,
} from '../support/bluetooth/virtual-monitors.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';

/** The whole way: monitor, HCI link, Node-RED, publish node, Mosquitto, somebody else's client. */
describe('battery nodes from the Bluetooth link to the broker', function () {
  this.timeout(120_000);
  let monitors: VirtualMonitors;
  let mosquitto: Mosquitto;
  let client: MqttClient;
  let nodeRed: NodeRedProcess;
  const heard = new Map<string, { payload: Record<string, unknown>; count: number }>();
  const payload = (topic: string) => heard.get(`battery_hawk/${topic}`)?.payload;

  before(async function () {
    this.timeout(300_000);
    monitors = await startVirtualMonitors(this, 100);
    mosquitto = await startMosquitto();
    client = await mqtt.connectAsync(mosquitto.url);
    client.on('message', (topic, body) => {
      const count = (heard.get(topic)?.count ?? 0) + 1;
      heard.set(topic, { payload: JSON.parse(body.toString()) as Record<string, unknown>, count });
    });
    await client.subscribeAsync('battery_hawk/#', { qos: 1 });
    nodeRed = await NodeRedProcess.start({ flows: flow(monitors.port, mosquitto.port) });
  });

  after(async () => {
    // Undefined where the suite was skipped.
    await (nodeRed as NodeRedProcess | undefined)?.stop();
    await (client as MqttClient | undefined)?.endAsync();
    await (mosquitto as Mosquitto | undefined)?.stop();
    await (monitors as VirtualMonitors | undefined)?.stop();
  });

  it('publishes readings of the three families on their documented topics', async () => {
    const topics = Object.values(VIRTUAL).map((mac) => `device/${mac}/reading`);
    await until('readings of all three', () => topics.every((topic) => payload(topic)), 60_000);
    assert.equal(payload(`device/${VIRTUAL.BM2}/reading`)?.['voltage'], 12.88);
    assert.equal(payload(`device/${VIRTUAL.BM6}/reading`)?.['temperature'], 0);
    assert.equal(payload(`device/${VIRTUAL.BM7}/reading`)?.['temperature'], -23);
  });

  it('publishes discoveries, statuses, associations and summaries', async () => {
    await until(
      'a summary of all three',
      () => payload('vehicle/van/summary')?.['connected_devices'] === 3,
      30_000,
    );
    assert.equal(payload('vehicle/van/summary')?.['overall_health'], 'excellent');
    assert.equal(payload('vehicle/van/device_associated')?.['vehicle_id'], 'van');
    assert.equal(payload(`device/${VIRTUAL.BM6}/status`)?.['connected'], true);
    assert.ok(payload('discovery/found')?.['device_type']);
  });

  it('publishes a lost link and its return, while the other links go on', async () => {
    const status = `device/${VIRTUAL.BM6}/status`;
    monitors.drop(VIRTUAL.BM6);
    await until('the lost link is told', () => payload(status)?.['connected'] === false, 30_000);
    assert.equal(payload(status)?.['error_code'], 1002);
    await until('the link is back', () => payload(status)?.['connected'] === true, 60_000);
  });

  it('says that the adapter is gone, lives, and tells its shutdown', async () => {
    const from = nodeRed.lines.length;
    monitors.unplug();
    await nodeRed.waitForLine(/switched off or was unplugged/, 60_000, from);
    assert.ok(nodeRed.isRunning);
    await nodeRed.stop();
    await until('the shutdown is told', () => payload('system/shutdown') !== undefined);
    assert.equal(payload('system/shutdown')?.['status'], 'shutting_down');
  });
});

function flow(port: string, brokerPort: number) {
  const z = 'tab';
  const place = { z, x: 100, y: 100 };
  return [
    { id: z, type: 'tab', label: 'battery' },
    { id: 'broker', type: 'gridwire-broker', transport: 'mqtt', host: '127.0.0.1', port: String(brokerPort) },
    {
      ...place,
      id: 'battery',
      type: 'gridwire-ble-battery',
      adapter: 'bluetooth',
      serialPort: port,
      baudRate: '115200',
      mode: 'live',
      linkUse: 'hold',
      devices: Object.values(VIRTUAL).map((address) => ({ address, vehicle: 'van' })),
      wires: [['summary', 'publish'], ['summary', 'publish'], ['publish']],
    },
    {
      ...place,
      id: 'summary',
      type: 'gridwire-vehicle-summary',
      devices: [],
      wires: [['publish'], ['publish']],
    },
    {
      ...place,
      id: 'publish',
      type: 'gridwire-publish',
      broker: 'broker',
      contract: 'battery-hawk',
      eventType: '',
      wires: [[]],
    },
  ];
}
