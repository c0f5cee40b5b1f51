import assert from 'node:assert/strict';
import type { DeviceReport } from '../../../../src/battery/vehicle/report.js';
import { VehicleSummaries } from '../../../../src/battery/vehicle/summaries.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function reading(
  device: string,
  voltage: number,
  second: number,
  more: Partial<DeviceReport> = {},
): DeviceReport {
  return { device_id: device, timestamp: at(second), voltage, device_type: 'BM6', ...more };
}

const status = (device: string, connected: boolean, second: number): DeviceReport => ({
  device_id: device,
  timestamp: at(second),
  connected,
});

const VAN = {
  id: 'van',
  name: 'Van',
  devices: [{ id: 'A', capacity: 70 }, { id: 'B', capacity: 100.5 }, { id: 'C' }],
};

describe('VehicleSummaries', () => {
  it('makes the summary of the document: two of three devices connected is good', () => {
    const summaries = new VehicleSummaries([VAN]);
    summaries.report(reading('A', 12.6, 1));
    const { summary } = summaries.report(reading('B', 12.2, 2, { temperature: 21 }));
    assert.deepEqual(summary, {
      vehicle_id: 'van',
      timestamp: at(2),
      name: 'Van',
      total_devices: 3,
      connected_devices: 2,
      disconnected_devices: 1,
      average_voltage: 12.4,
      total_capacity: 170.5,
      overall_health: 'good',
      health_score: 0.67,
      devices: [
        device('A', true, { voltage: 12.6, last_reading_time: at(1), device_type: 'BM6' }),
        device('B', true, { voltage: 12.2, last_reading_time: at(2), device_type: 'BM6', temperature: 21 }),
        device('C', false),
      ],
      last_updated: at(2),
    });
  });

  it('classes the health at 80, 60 and 40 percent', () => {
    const devices = ['1', '2', '3', '4', '5'].map((id) => ({ id }));
    const summaries = new VehicleSummaries([{ id: 'v', devices }]);
    const classes = devices.map(({ id }, index) => {
      return summaries.report(reading(id, 12 + index, index)).summary?.overall_health;
    });
    assert.deepEqual(classes, ['poor', 'fair', 'good', 'excellent', 'excellent']);
  });

  it('does not send a summary again when only times have changed', () => {
    const summaries = new VehicleSummaries([VAN]);
    assert.ok(summaries.report(reading('A', 12.6, 1)).summary);
    assert.equal(summaries.report(reading('A', 12.6, 2)).summary, undefined);
    assert.equal(summaries.report(reading('A', 12.7, 3)).summary?.average_voltage, 12.7);
  });

  it('counts a device out by its status and leaves its voltage out of the average', () => {
    const summaries = new VehicleSummaries([VAN]);
    summaries.report(reading('A', 12.6, 1));
    summaries.report(reading('B', 12.2, 1));
    const { summary } = summaries.report(status('B', false, 2));
    assert.equal(summary?.connected_devices, 1);
    assert.equal(summary.average_voltage, 12.6);
  });

  it('lets no late report overwrite a newer one', () => {
    const summaries = new VehicleSummaries([VAN]);
    summaries.report(reading('A', 12.6, 10));
    assert.deepEqual(summaries.report(reading('A', 9.9, 5)), {});
    summaries.report(status('A', false, 20));
    assert.equal(summaries.report(reading('A', 12.7, 15)).summary?.connected_devices, 0);
  });

  it('tells a status from a reading also where it repeats the last voltage, as a running Battery Hawk does', () => {
    const summaries = new VehicleSummaries([VAN]);
    summaries.report(reading('A', 12.6, 1));
    summaries.report(reading('B', 12.2, 1));
    const { summary } = summaries.report({ ...reading('B', 12.2, 2), connected: false });
    assert.equal(summary?.connected_devices, 1);
    assert.equal(summary.average_voltage, 12.6);
    assert.equal(
      summaries.report({ ...reading('B', 12.2, 3), connected: true }).summary?.connected_devices,
      2,
    );
  });

  it('moves a device to the vehicle that it reports, with what is known of it', () => {
    const summaries = new VehicleSummaries([VAN]);
    summaries.report(reading('A', 12.6, 1));
    summaries.report(reading('B', 12.2, 2));
    const change = summaries.report(reading('A', 12.8, 3, { vehicle_id: 'boat' }));
    assert.deepEqual(change.association, {
      ...{ device_id: 'A', vehicle_id: 'boat', device_type: 'BM6', new_vehicle: true, timestamp: at(3) },
    });
    assert.deepEqual([change.summary?.total_devices, change.summary?.total_capacity], [1, 70]);
    assert.deepEqual([change.left?.vehicle_id, change.left?.total_devices], ['van', 2]);
    assert.equal(change.left?.average_voltage, 12.2);
    // Without a vehicle it is where it was last.
    assert.equal(summaries.report(reading('A', 12.9, 4)).summary?.vehicle_id, 'boat');
    const back = summaries.report({ ...status('A', true, 5), vehicle_id: 'van' });
    assert.deepEqual([back.left?.total_devices, back.summary?.total_devices], [0, 3]);
    assert.equal(back.association?.new_vehicle, false);
  });

  it('moves no device by a late report', () => {
    const summaries = new VehicleSummaries();
    summaries.report(reading('A', 12.6, 10, { vehicle_id: 'van' }));
    assert.deepEqual(summaries.report(reading('A', 12.6, 5, { vehicle_id: 'boat' })), {});
    assert.equal(summaries.report(reading('A', 12.7, 11)).summary?.vehicle_id, 'van');
  });

  it('learns devices from their messages and tells each association once', () => {
    const summaries = new VehicleSummaries();
    const first = summaries.report(reading('X', 12.5, 1, { vehicle_id: 'boat' })).association;
    assert.deepEqual(first, {
      device_id: 'X',
      vehicle_id: 'boat',
      device_type: 'BM6',
      new_vehicle: true,
      timestamp: at(1),
    });
    assert.equal(summaries.report(reading('X', 12.6, 2, { vehicle_id: 'boat' })).association, undefined);
    const second = summaries.report(reading('Y', 12.5, 3, { vehicle_id: 'boat' }));
    assert.equal(second.association?.new_vehicle, false);
    assert.equal(second.summary?.total_devices, 2);
  });

  it('has nothing to say about a device without a vehicle', () => {
    assert.deepEqual(new VehicleSummaries([VAN]).report(reading('Z', 12.5, 1)), {});
  });

  it('refuses one device in two vehicles', () => {
    assert.throws(() => new VehicleSummaries([VAN, { id: 'car', devices: [{ id: 'A' }] }]), {
      code: 'SETTING_INVALID',
    });
  });

  it('is bounded: a hundred devices in a vehicle and no more', () => {
    const summaries = new VehicleSummaries();
    for (let count = 0; count < 100; count += 1) {
      summaries.report(reading(`D${count}`, 12.5, 1, { vehicle_id: 'bus' }));
    }
    assert.throws(() => summaries.report(reading('D100', 12.5, 1, { vehicle_id: 'bus' })), {
      code: 'REGISTRY_FULL',
    });
  });
});

function device(id: string, connected: boolean, more: object = {}): object {
  return {
    id,
    device_type: null,
    connected,
    last_reading_time: null,
    voltage: null,
    current: null,
    temperature: null,
    state_of_charge: null,
    ...more,
  };
}
