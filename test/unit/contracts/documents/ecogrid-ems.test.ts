import assert from 'node:assert/strict';
import type { JsonObject, Qos } from '../../../../src/event.js';
import { inbound, open, overTheWire, refusal, violatedPaths } from '../helpers/check.js';

const contract = open('ecogrid-ems');

const telemetryEvent: JsonObject = {
  deviceId: 123,
  serialNumber: 'INV-001',
  siteId: 1,
  deviceType: 'SOLAR_INVERTER',
  telemetryData: { powerKw: 45.2, voltage: 480.5, current: 94.3, temperature: 35.2, efficiency: 98.5 },
  timestamp: '2025-10-04T10:15:00Z',
  eventType: 'DEVICE_TELEMETRY',
};

const statusEvent: JsonObject = {
  deviceId: 123,
  serialNumber: 'INV-001',
  siteId: 1,
  previousStatus: 'OFFLINE',
  newStatus: 'ONLINE',
  timestamp: '2025-10-04T10:15:00Z',
  eventType: 'DEVICE_STATUS_CHANGE',
  reason: 'Device communication restored',
};

const kafka: [topic: string, schema: JsonObject, days: number, consumers: string[]][] = [
  ['device-telemetry', telemetryEvent, 7, ['Analytics Service', 'Notification Service']],
  ['device-status', statusEvent, 30, ['Notification Service', 'Analytics Service']],
];

const mqtt: [type: string, pattern: string, qos: Qos, from: string][] = [
  ['telemetry', 'sites/1/devices/INV-001/telemetry', 1, 'Device'],
  ['commands', 'sites/1/devices/INV-001/commands', 2, 'EMS'],
  ['status', 'sites/1/devices/INV-001/status', 1, 'Device'],
];

describe('document: EcoGrid EMS, Message Queue Integration', () => {
  for (const [topic, schema, days, consumers] of kafka) {
    it(`Kafka Topics, ${topic}: event schema, producer, consumers, partition key and retention`, () => {
      const event = contract.parse(inbound(topic, schema));
      assert.equal(event.type, topic);
      assert.deepEqual(event.envelope, schema);
      assert.equal(event.key, 'INV-001');
      const { data } = contract.type(topic);
      assert.equal(data.publisher, 'Device Service');
      assert.deepEqual(data.consumers, consumers);
      assert.deepEqual(data.log, { retentionDays: days });
    });

    it(`Kafka Topics, ${topic}: every member but the reason is required, and no other is known`, () => {
      for (const name of Object.keys(schema).filter((member) => member !== 'reason')) {
        const rest = Object.fromEntries(Object.entries(schema).filter(([other]) => other !== name));
        assert.deepEqual(
          violatedPaths(() => contract.parse(inbound(topic, rest))),
          [''],
          name,
        );
      }
      const more = { ...schema, colour: 'green' };
      assert.deepEqual(
        violatedPaths(() => contract.parse(inbound(topic, more))),
        [''],
      );
    });
  }

  for (const [name, topic, qos, from] of mqtt) {
    it(`MQTT Topics: ${name} on ${topic} with QoS ${qos}, from the ${from}`, () => {
      const type = contract.type(name);
      assert.deepEqual(type.topic.match(topic), { siteId: '1', serialNumber: 'INV-001' });
      assert.equal(type.data.qos, qos);
      assert.equal(type.data.retain, false);
      assert.equal(type.data.publisher, from);
    });
  }

  it('Monitoring: the filter sites/+/devices/+/telemetry', () => {
    assert.equal(contract.type('telemetry').topic.filter(), 'sites/+/devices/+/telemetry');
  });

  it('Monitoring: the test message {"powerKw": 45.2} is telemetry of INV-001', () => {
    const event = contract.parse(inbound('sites/1/devices/INV-001/telemetry', { powerKw: 45.2 }));
    assert.equal(event.type, 'telemetry');
    assert.deepEqual(event.parameters, { siteId: '1', serialNumber: 'INV-001' });
  });

  it('device-status purpose: online, offline, maintenance and error, in either case', () => {
    for (const status of ['ONLINE', 'OFFLINE', 'MAINTENANCE', 'ERROR', 'online', 'error']) {
      assert.ok(contract.parse(inbound('sites/1/devices/A/status', { status })), status);
    }
  });

  it('Error Handling: dead letters on {topic-name}-dlt, three retries with growing waits', () => {
    assert.equal(contract.deadLetterTopic('device-telemetry'), 'device-telemetry-dlt');
    assert.equal(contract.deadLetterTopic('device-status'), 'device-status-dlt');
    assert.equal(contract.data.retry.attempts, 1 + 3);
    assert.equal(contract.data.retry.factor, 2);
  });

  const kinds: [kind: string, wrong: JsonObject, path: string][] = [
    ['telemetry-bms', { soc: 120 }, '/soc'],
    ['telemetry-solar', { inverterStatus: 'BROKEN' }, '/inverterStatus'],
    ['telemetry-ev', { networkConnectivity: 'yes' }, '/networkConnectivity'],
  ];
  for (const [kind, wrong, path] of kinds) {
    it(`${kind} is recognised by its members and checked strictly`, () => {
      const example = contract.type(kind).data.example as JsonObject;
      const topic = 'sites/1/devices/X-1/telemetry';
      assert.equal(contract.parse(inbound(topic, example)).type, kind);
      assert.deepEqual(
        violatedPaths(() => contract.parse(inbound(topic, { ...example, ...wrong }))),
        [path],
      );
    });
  }

  it('alerts carry a severity of the four, and are keyed by device', () => {
    const example = contract.type('device-alerts').data.example as JsonObject;
    assert.equal(contract.build('device-alerts', { payload: example }).key, '123');
    const build = () => contract.build('device-alerts', { payload: { ...example, severity: 'BAD' } });
    assert.deepEqual(violatedPaths(build), ['/severity']);
  });

  it('site aggregations are keyed by site', () => {
    for (const name of ['site-bms-aggregation', 'site-solar-aggregation', 'site-evcharger-aggregation']) {
      assert.equal(contract.build(name, { payload: { siteId: 4 } }).key, '4');
    }
  });
});

describe('running code: EcoGrid EMS', () => {
  const deployed = open('ecogrid-ems', 'deployed');
  const kinds: [topic: string, type: string, serialNumber: string][] = [
    ['ecogrid/site1/bms/001', 'telemetry-bms', 'BMS-SITE1-001'],
    ['ecogrid/site2/solar/002', 'telemetry-solar', 'SOLAR-SITE2-002'],
    ['ecogrid/site3/ev/003', 'telemetry-ev', 'EV-SITE3-003'],
  ];
  for (const [topic, type, serialNumber] of kinds) {
    it(`reads ${topic} as ${type} of ${serialNumber}, whatever its members`, () => {
      const event = deployed.parse(inbound(topic, { anything: 'goes' }));
      assert.equal(event.type, type);
      assert.equal(event.parameters['serialNumber'], serialNumber);
      assert.equal(event.key, serialNumber);
    });
  }

  it('refuses a topic that is not of its form', () => {
    for (const topic of ['ecogrid/1/bms/001', 'ecogrid/site1/wind/001', 'ecogrid/site1/bms']) {
      assert.equal(refusal(() => deployed.parse(inbound(topic, {}))).code, 'TOPIC_UNKNOWN', topic);
    }
    assert.equal(
      refusal(() => deployed.parse(inbound('ecogrid/siteX/bms/001', {}))).code,
      'IDENTIFIER_ILLEGAL',
    );
  });

  it('writes the telemetry event of the MQTT path: no serial number, no event type, keyed by device id', () => {
    const payload = { deviceId: 7, siteId: 1, deviceType: 'BMS', telemetry: { soc: 50 } };
    const event = deployed.build('device-telemetry', {
      payload,
      now: Date.parse('2025-10-04T10:15:00.500Z'),
    });
    assert.deepEqual(event.envelope, { ...payload, timestamp: [2025, 10, 4, 10, 15, 0, 500_000_000] });
    assert.equal(event.key, '7');
    assert.equal(overTheWire(deployed, event).type, 'device-telemetry');
  });

  it('knows the two further statuses', () => {
    const topic = 'sites/1/devices/A/status';
    assert.ok(deployed.parse(inbound(topic, { status: 'COMMISSIONING' })));
    assert.equal(
      refusal(() => contract.parse(inbound(topic, { status: 'COMMISSIONING' }))).code,
      'SCHEMA_VIOLATION',
    );
  });
});
