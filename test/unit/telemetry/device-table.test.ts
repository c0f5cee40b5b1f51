import assert from 'node:assert/strict';
import { checkDevices, parseDeviceFile } from '../../../src/telemetry/device-table.js';

describe('device table', () => {
  it('reads CSV with the usual column names, quotes and semicolons', () => {
    const rows = parseDeviceFile(
      'serial_number;device_id;device_type;site_id;name\nINV-001;123;SOLAR_INVERTER;1;"Roof; east"\n',
    );
    assert.deepEqual(checkDevices(rows), {
      devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'Roof; east' }],
      faults: [],
    });
  });

  it('reads JSON', () => {
    const rows = parseDeviceFile('[{"serialNumber":"A","id":1,"type":"METER"}]');
    assert.deepEqual(checkDevices(rows).devices, [{ serialNumber: 'A', id: 1, type: 'METER' }]);
  });

  it('says which row and field is wrong', () => {
    const { devices, faults } = checkDevices([
      { serialNumber: 'A', id: 1, type: 'METER' },
      { serialNumber: 'A', id: 2, type: 'METER' },
      { serialNumber: 'B', id: 1, type: 'METER' },
      { serialNumber: 'C/D', id: 3, type: 'METER' },
      { serialNumber: 'E', id: 'x', type: '' },
    ]);
    assert.equal(devices.length, 1);
    assert.deepEqual(
      faults.map(({ row, field }) => [row, field]),
      [
        [2, 'serialNumber'],
        [3, 'id'],
        [4, 'serialNumber'],
        [5, 'id'],
        [5, 'type'],
      ],
    );
  });

  it('refuses a file that is neither', () => {
    assert.throws(() => parseDeviceFile('hello'), { code: 'REGISTRY_INVALID' });
    assert.throws(() => parseDeviceFile('[1,'), { code: 'REGISTRY_INVALID' });
  });
});
