import assert from 'node:assert/strict';
import { DEFAULT_REGISTRY_OPTIONS, DeviceRegistry } from '../../../src/telemetry/device-registry.js';

const SINCE = 1_000_000;
const device = (serialNumber: string) => ({ serialNumber, id: 1, type: 'T' });

describe('devices that fall silent', () => {
  it('are those of the table that were not heard for longer than that, from the start on', () => {
    const registry = new DeviceRegistry([device('a'), device('b')], DEFAULT_REGISTRY_OPTIONS, SINCE);
    const silent = (now: number): string[] =>
      registry
        .silent(10_000, SINCE + now)
        .map(({ serialNumber, since }) => `${serialNumber} ${since - SINCE}`);
    assert.deepEqual(silent(10_000), []);
    registry.find('a', 1, SINCE + 5_000);
    registry.find('stranger', 1, SINCE + 5_000);
    assert.deepEqual(silent(10_001), ['b 0']);
    assert.deepEqual(silent(15_001), ['a 5000', 'b 0']);
    registry.find('b', 1, SINCE + 15_000);
    assert.deepEqual(silent(15_001), ['a 5000']);
  });
});
