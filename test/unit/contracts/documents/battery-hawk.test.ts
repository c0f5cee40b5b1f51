import assert from 'node:assert/strict';
import type { JsonObject, Qos } from '../../../../src/event.js';
import { inbound, open, overTheWire, refusal, violatedPaths } from '../helpers/check.js';

const contract = open('battery-hawk');
const mac = 'AA:BB:CC:DD:EE:FF';
const at = '2024-01-15T10:30:00.000Z';

const reading: JsonObject = {
  device_id: mac,
  timestamp: at,
  voltage: 12.6,
  current: 2.5,
  temperature: 25.0,
  state_of_charge: 85.0,
  capacity: 100.0,
  cycles: 150,
  power: 31.5,
  vehicle_id: 'my_vehicle',
  device_type: 'BM2',
  extra: { device_type: 'BM2', raw_data: {} },
};

const messages: [place: string, type: string, topic: string, body: JsonObject][] = [
  ['Device Reading Message', 'reading', `battery_hawk/device/${mac}/reading`, reading],
  [
    'Device Status Message',
    'status',
    `battery_hawk/device/${mac}/status`,
    {
      device_id: mac,
      timestamp: at,
      connected: true,
      protocol_version: '1.0',
      last_command: 'read_data',
      device_type: 'BM2',
      extra: { signal_strength: -45 },
    },
  ],
  [
    'Publishing Device Status, disconnected with error',
    'status',
    `battery_hawk/device/${mac}/status`,
    {
      device_id: mac,
      timestamp: at,
      connected: false,
      error_code: 1001,
      error_message: 'Connection timeout',
    },
  ],
  [
    'Vehicle Summary Message',
    'vehicle-summary',
    'battery_hawk/vehicle/my_vehicle/summary',
    {
      vehicle_id: 'my_vehicle',
      timestamp: at,
      total_devices: 3,
      connected_devices: 2,
      average_voltage: 12.4,
      total_capacity: 300.0,
      overall_health: 'good',
      devices: [
        { id: 'device1', status: 'connected', voltage: 12.6 },
        { id: 'device2', status: 'connected', voltage: 12.2 },
        { id: 'device3', status: 'disconnected' },
      ],
    },
  ],
  [
    'System Status Message',
    'system-status',
    'battery_hawk/system/status',
    {
      timestamp: at,
      core: { running: true, uptime_seconds: 3600, version: '1.0.0' },
      storage: { influxdb_connected: true, disk_usage_percent: 45.2 },
      components: { mqtt: 'connected', bluetooth: 'active', api: 'running' },
    },
  ],
];

/** QoS and Retention Strategy, row by row; the last three by Topic Features ("1 for data, 2 for critical"). */
const rules: [row: string, type: string, qos: Qos, retain: boolean][] = [
  ['Device Readings', 'reading', 1, false],
  ['Device Status', 'status', 1, true],
  ['Vehicle Summary', 'vehicle-summary', 1, true],
  ['System Status', 'system-status', 2, true],
  ['Device Discovery', 'discovery', 1, false],
  ['Vehicle Association', 'device-associated', 1, false],
  ['System Shutdown', 'shutdown', 2, true],
];

/** Topic Structure (PRD) and Supported Events: the topics of both halves of the document. */
const topics: [type: string, prd: string, publisher: string][] = [
  ['reading', `device/${mac}/reading`, `devices/${mac}/readings`],
  ['status', `device/${mac}/status`, `devices/${mac}/status`],
  ['vehicle-summary', 'vehicle/my_vehicle/summary', 'vehicles/my_vehicle/summary'],
  ['device-associated', 'vehicle/my_vehicle/device_associated', 'vehicles/my_vehicle/device_associated'],
  ['system-status', 'system/status', 'system/status'],
  ['shutdown', 'system/shutdown', 'system/shutdown'],
  ['discovery', 'discovery/found', `devices/${mac}/discovered`],
];

describe('document: Battery Hawk, MQTT Interface Documentation', () => {
  for (const [place, type, topic, body] of messages) {
    it(`Message Structure, ${place}: read as it stands, and written again`, () => {
      const event = contract.parse(inbound(topic, body));
      assert.equal(event.type, type);
      assert.deepEqual(event.payload, body);
      assert.deepEqual(contract.build(type, { payload: body }).envelope, body);
      assert.equal(contract.build(type, { payload: body }).topic, topic);
    });
  }

  for (const [row, type, qos, retain] of rules) {
    it(`QoS and Retention Strategy: ${row} has QoS ${qos}, ${retain ? 'retained' : 'not retained'}`, () => {
      assert.equal(contract.type(type).data.qos, qos);
      assert.equal(contract.type(type).data.retain, retain);
    });
  }

  for (const [name, prd, publisher] of topics) {
    const { example } = contract.type(name).data;
    it(`Topic Structure (PRD): ${name} on ${prd}`, () => {
      assert.equal(contract.build(name, { payload: example }).topic, `battery_hawk/${prd}`);
    });
    it(`Supported Events, publisher dialect: ${name} on ${publisher}`, () => {
      const dialect = open('battery-hawk', 'publisher');
      const event = dialect.build(name, { payload: example, parameters: { mac } });
      assert.equal(event.topic, `battery_hawk/${publisher}`);
      assert.equal(overTheWire(dialect, event).type, name);
    });
  }

  it('Configurable Prefix: the default battery_hawk gives way to the one of the broker', () => {
    const garage = open('battery-hawk', 'documented', 'garage');
    assert.equal(garage.build('reading', { payload: reading }).topic, `garage/device/${mac}/reading`);
  });

  it('Validation: MAC addresses and vehicle ids by their form', () => {
    for (const bad of ['AA:BB', 'AABBCCDDEEFF', 'GG:BB:CC:DD:EE:FF', `${mac}:00`]) {
      const build = () => contract.build('reading', { payload: { ...reading, device_id: bad } });
      assert.ok(['SCHEMA_VIOLATION', 'IDENTIFIER_ILLEGAL'].includes(refusal(build).code), bad);
    }
    for (const bad of ['my vehicle', 'a/b', 'a+', 'ä', '']) {
      const payload = { vehicle_id: bad, total_devices: 0, connected_devices: 0, overall_health: 'poor' };
      assert.ok(
        refusal(() => contract.build('vehicle-summary', { payload })),
        bad,
      );
    }
    for (const good of ['aa-bb-cc-dd-ee-ff', 'Aa:bB:00:11:22:33']) {
      assert.ok(contract.build('reading', { payload: { ...reading, device_id: good } }));
    }
  });

  it('Device Reading Message: power is voltage times current, and absent where one of them is', () => {
    const payload = { device_id: mac, voltage: 12.6, current: 2.5 };
    assert.equal(contract.build('reading', { payload }).envelope['power'], 31.5);
    assert.ok(
      !('power' in contract.build('reading', { payload: { device_id: mac, voltage: 12.6 } }).envelope),
    );
  });

  it('Device Reading Message: the time is filled in, in UTC with milliseconds', () => {
    const event = contract.build('reading', {
      payload: { device_id: mac, voltage: 12 },
      now: Date.parse(at),
    });
    assert.equal(event.envelope['timestamp'], at);
  });

  it('Wildcard Support: one filter for all devices', () => {
    assert.equal(contract.type('reading').topic.filter(), 'battery_hawk/device/+/reading');
  });

  it('a message whose device is another one than its topic names is refused; another spelling is the same device', () => {
    const topic = 'battery_hawk/device/11:22:33:44:55:66/reading';
    assert.deepEqual(
      violatedPaths(() => contract.parse(inbound(topic, reading))),
      ['/device_id'],
    );
    const spelt = 'battery_hawk/device/aa-bb-cc-dd-ee-ff/reading';
    assert.ok(contract.parse(inbound(spelt, reading)));
  });
});

describe('running code: Battery Hawk', () => {
  const deployed = open('battery-hawk', 'deployed');

  it('has the prefix batteryhawk and QoS 1 throughout', () => {
    assert.equal(deployed.build('reading', { payload: reading }).topic, `batteryhawk/device/${mac}/reading`);
    for (const type of deployed.types) assert.equal(type.data.qos, 1);
  });

  it('repeats the members of extra at the top, without overriding', () => {
    const extra = { raw: 'ff', voltage: 1 };
    const event = deployed.build('reading', {
      payload: { device_id: mac, voltage: 12.6, current: 2, extra },
    });
    assert.equal(event.envelope['raw'], 'ff');
    assert.equal(event.envelope['voltage'], 12.6);
    assert.equal(event.envelope['power'], 25.2);
    assert.deepEqual(event.envelope['extra'], extra);
  });

  it('reads seconds since 1970, and a BM6 without current', () => {
    const body = { device_id: mac, timestamp: 1705314600.25, voltage: 12.6, current: null, temperature: 20 };
    const event = deployed.parse(inbound(`batteryhawk/device/${mac}/reading`, body));
    assert.equal(event.time, 1_705_314_600_250);
  });
});
