import assert from 'node:assert/strict';
import { Contract } from '../../../src/contracts/contract.js';
import { ecogridEms } from '../../../src/contracts/ecogrid-ems/contract.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage, JsonObject } from '../../../src/event.js';
import { AlertWatch } from '../../../src/telemetry/alert-watch.js';
import {
  DEFAULT_REGISTRY_OPTIONS,
  DeviceRegistry,
  stableId,
} from '../../../src/telemetry/device-registry.js';
import type { UnknownDevicePolicy } from '../../../src/telemetry/device.js';
import { TelemetryIngest } from '../../../src/telemetry/ingest.js';

const now = Date.parse('2025-10-04T10:15:00Z');
const inverter = { serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1 };

function setUp(
  policy: UnknownDevicePolicy = 'onboard',
  heldPerDevice = 100,
): { ingest: TelemetryIngest; registry: DeviceRegistry } {
  const registry = new DeviceRegistry([inverter], { ...DEFAULT_REGISTRY_OPTIONS, policy, heldPerDevice });
  return { registry, ingest: new TelemetryIngest(new Contract(ecogridEms), registry) };
}

function inbound(topic: string, document: unknown): InboundMessage {
  const body = Buffer.from(JSON.stringify(document));
  return { topic, body, qos: 1, retain: false, headers: {}, receivedAt: now, redelivered: false };
}

const telemetry = (document: unknown, serial = 'INV-001'): InboundMessage =>
  inbound(`sites/1/devices/${serial}/telemetry`, document);
const status = (document: unknown): InboundMessage => inbound('sites/1/devices/INV-001/status', document);

function unexpected(): void {
  assert.fail('resumed');
}

function envelopes(ingest: TelemetryIngest, message: InboundMessage): JsonObject[] {
  const result = ingest.process(message, unexpected);
  assert.equal(result.kind, 'events');
  return result.events.map(({ envelope }) => envelope);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof GridwireError ? error.code : String(error);
  }
  return 'nothing thrown';
}

describe('telemetry ingest (EcoGrid)', () => {
  it('makes a device-telemetry event with every documented member, identity from the registry', () => {
    assert.deepEqual(envelopes(setUp().ingest, telemetry({ powerKw: 45.2 })), [
      {
        deviceId: 123,
        serialNumber: 'INV-001',
        siteId: 1,
        deviceType: 'SOLAR_INVERTER',
        telemetryData: { powerKw: 45.2 },
        timestamp: '2025-10-04T10:15:00.000Z',
        eventType: 'DEVICE_TELEMETRY',
      },
    ]);
  });

  it('marks a retained measurement without a time, and takes a retained status without one for no change', () => {
    const { ingest } = setUp();
    const kept = (message: InboundMessage): InboundMessage => ({ ...message, retain: true });
    const result = ingest.process(kept(telemetry({ powerKw: 1 })), unexpected);
    assert.equal(result.kind === 'events' && result.events[0]?.headers['gridwire-retained'], 'true');
    assert.deepEqual(ingest.process(kept(status({ status: 'ONLINE' })), unexpected), {
      kind: 'nothing',
      reason: 'retained',
    });
    assert.equal(ingest.process(status({ status: 'ONLINE' }), unexpected).kind, 'nothing');
    assert.equal(ingest.process(status({ status: 'OFFLINE' }), unexpected).kind, 'events');
    assert.equal(ingest.process(kept(status({ status: 'ONLINE' })), unexpected).kind, 'nothing');
    assert.equal(ingest.process(status({ status: 'OFFLINE' }), unexpected).kind, 'nothing');
    const timed = kept(telemetry({ powerKw: 1, timestamp: '2025-10-04T09:00:00Z' }));
    const dated = ingest.process(timed, unexpected);
    assert.deepEqual(dated.kind === 'events' && dated.events[0]?.headers, {});
  });

  it('uses the time the device gives, read as UTC where it names no zone', () => {
    const [envelope] = envelopes(setUp().ingest, telemetry({ powerKw: 1, timestamp: '2025-10-04T09:00:00' }));
    assert.equal(envelope?.['timestamp'], '2025-10-04T09:00:00.000Z');
  });

  it('refuses a time far ahead of the clock, which would freeze the device status', () => {
    const future = status({ status: 'OFFLINE', timestamp: '2099-01-01T00:00:00Z' });
    assert.equal(
      codeOf(() => setUp().ingest.process(future, unexpected)),
      'TIME_INVALID',
    );
  });

  it('tells a status change with the previous status, and says nothing when nothing changed', () => {
    const { ingest } = setUp();
    const [first] = envelopes(ingest, status({ status: 'online' }));
    assert.equal(first?.['previousStatus'], null);
    assert.equal(first['newStatus'], 'ONLINE');
    assert.deepEqual(ingest.process(status({ status: 'ONLINE' }), unexpected), {
      kind: 'nothing',
      reason: 'unchanged',
      status: { serialNumber: 'INV-001', status: 'ONLINE', time: now },
    });
    const [second] = envelopes(ingest, status({ status: 'ERROR', reason: 'Fan blocked' }));
    assert.equal(second?.['previousStatus'], 'ONLINE');
    assert.equal(second['reason'], 'Fan blocked');
  });

  it('never lets a late message flip a newer status', () => {
    const { ingest } = setUp();
    envelopes(ingest, status({ status: 'ONLINE', timestamp: '2025-10-04T10:10:00Z' }));
    const late = status({ status: 'OFFLINE', timestamp: '2025-10-04T10:05:00Z' });
    assert.deepEqual(ingest.process(late, unexpected), { kind: 'nothing', reason: 'late' });
    const [next] = envelopes(ingest, status({ status: 'MAINTENANCE', timestamp: '2025-10-04T10:11:00Z' }));
    assert.equal(next?.['previousStatus'], 'ONLINE');
  });

  it('brings an offline device back online when it measures again, but not by an older measurement', () => {
    const { ingest } = setUp();
    envelopes(ingest, status({ status: 'OFFLINE', timestamp: '2025-10-04T10:00:00Z' }));
    assert.equal(envelopes(ingest, telemetry({ powerKw: 1, timestamp: '2025-10-04T09:59:00Z' })).length, 1);
    const [, restored] = envelopes(ingest, telemetry({ powerKw: 1, timestamp: '2025-10-04T10:01:00Z' }));
    assert.equal(restored?.['previousStatus'], 'OFFLINE');
    assert.equal(restored['newStatus'], 'ONLINE');
    assert.equal(restored['reason'], 'Device communication restored');
  });

  it('onboards an unknown device with a number that stays the same, on the site of its topic', () => {
    const { ingest, registry } = setUp('onboard');
    const [envelope] = envelopes(ingest, telemetry({ powerKw: 1 }, 'NEW-9'));
    assert.equal(envelope?.['deviceId'], stableId('NEW-9'));
    assert.equal(envelope['siteId'], 1);
    assert.deepEqual(
      registry.listNewcomers().map(({ serialNumber, state }) => [serialNumber, state]),
      [['NEW-9', 'onboarded']],
    );
  });

  it('holds an unknown device for approval, counts what is kept for it, and tells who keeps it', () => {
    const { ingest, registry } = setUp('hold', 2);
    const decisions: [string, boolean][] = [];
    const holder = registry.holder((serialNumber, approved) => decisions.push([serialNumber, approved]));
    for (const powerKw of [1, 2]) {
      const held = ingest.process(telemetry({ powerKw }, 'NEW-9'), holder.hold);
      assert.deepEqual(held, { kind: 'held', serialNumber: 'NEW-9' });
    }
    assert.equal(
      codeOf(() => ingest.process(telemetry({ powerKw: 3 }, 'NEW-9'), holder.hold)),
      'DEVICE_PENDING',
    );
    assert.equal(registry.approve({ serialNumber: 'NEW-9', id: 9, type: 'METER' }), 2);
    assert.deepEqual(decisions, [['NEW-9', true]]);
    assert.equal(registry.heldMessages, 0);
    assert.equal(envelopes(ingest, telemetry({ powerKw: 1 }, 'NEW-9'))[0]?.['deviceId'], 9);
  });

  it('has room again for what is not held any more, though nobody has decided', () => {
    const { ingest, registry } = setUp('hold', 2);
    const holder = registry.holder(unexpected);
    for (const powerKw of [1, 2]) ingest.process(telemetry({ powerKw }, 'NEW-9'), holder.hold);
    // They were discarded in the sidebar.
    holder.release('NEW-9', 2);
    assert.deepEqual([registry.heldMessages, registry.heldDevices], [0, 0]);
    const held = ingest.process(telemetry({ powerKw: 3 }, 'NEW-9'), holder.hold);
    assert.deepEqual(held, { kind: 'held', serialNumber: 'NEW-9' });
    assert.equal(registry.heldMessages, 1);
  });

  it('gives back what was held for a device that is dismissed', () => {
    const { ingest, registry } = setUp('hold');
    let approved: boolean | undefined;
    const holder = registry.holder((_serialNumber, answer) => (approved = answer));
    ingest.process(telemetry({ powerKw: 1 }, 'NEW-9'), holder.hold);
    registry.dismiss('NEW-9');
    assert.equal(approved, false);
    assert.deepEqual(registry.listNewcomers(), []);
  });

  it('lists the device again whose messages an earlier process has kept, and counts them once', () => {
    const { registry } = setUp('hold');
    const before = registry.holder(unexpected);
    before.restore('NEW-9', 2, now);
    assert.deepEqual(
      registry.listNewcomers().map(({ serialNumber, messages }) => [serialNumber, messages]),
      [['NEW-9', 2]],
    );
    before.leave();
    assert.equal(registry.heldMessages, 0, 'who keeps them brings them back');
    const decisions: unknown[] = [];
    registry.holder((...decision) => decisions.push(decision)).restore('NEW-9', 2, now);
    assert.equal(
      registry.listNewcomers()[0]?.messages,
      2,
      'the registry has lived through the deploy of who keeps them',
    );
    assert.equal(registry.approve({ serialNumber: 'NEW-9', id: 9, type: 'METER' }), 2);
    assert.deepEqual(decisions, [['NEW-9', true]], 'whoever has left is not told');
  });

  for (const [what, policy, devices] of [
    ['a device that is in the table by now', 'hold', [{ serialNumber: 'NEW-9', id: 9, type: 'METER' }]],
    ['a registry that holds nothing any more', 'reject', []],
  ] as const)
    it(`lets go on at once what an earlier process has kept for ${what}: nobody would be asked`, () => {
      const decisions: unknown[] = [];
      const registry = new DeviceRegistry(devices, { ...DEFAULT_REGISTRY_OPTIONS, policy });
      registry.holder((...decision) => decisions.push(decision)).restore('NEW-9', 2, now);
      assert.deepEqual(decisions, [['NEW-9', true]]);
      assert.deepEqual([registry.heldMessages, registry.listNewcomers()], [0, []]);
    });

  it('rejects an unknown device where that is the policy', () => {
    assert.equal(
      codeOf(() => setUp('reject').ingest.process(telemetry({ powerKw: 1 }, 'NEW-9'), unexpected)),
      'DEVICE_UNKNOWN',
    );
  });

  it('leaves commands alone', () => {
    const command = inbound('sites/1/devices/INV-001/commands', { command: 'stop' });
    assert.deepEqual(setUp().ingest.process(command, unexpected), {
      kind: 'nothing',
      reason: 'not-for-ingest',
    });
  });

  it('knows the dead-letter topic of whatever it refuses', () => {
    const { ingest } = setUp();
    assert.equal(ingest.deadLetterTopic(telemetry({})), 'device-telemetry-dlt');
    assert.equal(ingest.deadLetterTopic(status({})), 'device-status-dlt');
    assert.equal(ingest.deadLetterTopic(inbound('sites/1/weather', {})), 'device-telemetry-dlt');
  });

  it('tells of a measurement beyond a threshold in the form of the alert event, after the telemetry', () => {
    const registry = new DeviceRegistry([{ ...inverter, name: 'Inverter 1' }]);
    const contract = new Contract(ecogridEms);
    const ingest = new TelemetryIngest(contract, registry, new AlertWatch(contract.data.alerts ?? []));
    const result = ingest.process(telemetry({ temperature: 83.5 }), unexpected);
    assert.equal(result.kind, 'events');
    assert.deepEqual(
      result.events.map(({ type, topic, key }) => [type, topic, key]),
      [
        ['device-telemetry', 'device-telemetry', 'INV-001'],
        ['device-alerts', 'device-alerts', '123'],
      ],
    );
    assert.deepEqual(result.events[1]?.envelope, {
      deviceId: 123,
      siteId: 1,
      alertType: 'TEMPERATURE_HIGH',
      severity: 'HIGH',
      message: 'temperature is 83.5, above 80',
      thresholdValue: 80,
      actualValue: 83.5,
      deviceName: 'Inverter 1',
      deviceType: 'SOLAR_INVERTER',
      timestamp: '2025-10-04T10:15:00.000Z',
      acknowledged: false,
      resolved: false,
    });
    assert.equal(envelopes(ingest, telemetry({ temperature: 84 })).length, 1);
  });

  it('raises alerts from typed telemetry of the deployed dialect too', () => {
    const contract = new Contract(ecogridEms, { dialect: 'deployed' });
    const ingest = new TelemetryIngest(
      contract,
      new DeviceRegistry([]),
      new AlertWatch(contract.data.alerts ?? []),
    );
    const [, alert] = envelopes(ingest, inbound('ecogrid/site1/bms/001', { soc: 50, efficiency: 75 }));
    assert.equal(alert?.['alertType'], 'EFFICIENCY_LOW');
    assert.equal(alert['siteId'], 1);
  });

  it('refuses to watch thresholds for a contract without an event for alerts', () => {
    const { alert: _none, ...rules } = ecogridEms.ingest!;
    const contract = new Contract({ ...ecogridEms, ingest: rules });
    assert.equal(
      codeOf(() => new TelemetryIngest(contract, new DeviceRegistry([]), new AlertWatch([]))),
      'CONTRACT_INVALID',
    );
  });
});
