import assert from 'node:assert/strict';
import { listDevices } from '../../../src/telemetry/device-listing.js';
import { DEFAULT_REGISTRY_OPTIONS, DeviceRegistry } from '../../../src/telemetry/device-registry.js';
import { ManualClock } from '../../support/manual-clock.js';

const device = (serialNumber: string, name?: string) => ({
  ...{ serialNumber, id: 1, type: 'METER' },
  ...(name === undefined ? {} : { name }),
});
const SILENT_AFTER = 100;

describe('what is listed of a device registry', () => {
  let clock: ManualClock;
  beforeEach(() => (clock = new ManualClock(1_000)));
  const registry = (serials: string[], policy: 'hold' | 'onboard' = 'hold'): DeviceRegistry =>
    new DeviceRegistry(
      serials.map((serial) => device(serial, `name of ${serial}`)),
      { ...DEFAULT_REGISTRY_OPTIONS, policy },
      clock,
    );

  it('is who is silent first, the longest before the others, then the table in its order', async () => {
    const four = registry(['A', 'B', 'C', 'D']);
    await clock.pass(210);
    four.find('A', 1, 1_200);
    four.find('B', 1, 1_150);
    four.find('D', 1, 1_020);
    const { devices, counts } = listDevices(four, { find: '', silentAfter: SILENT_AFTER });
    assert.deepEqual(
      devices.map(({ serialNumber, state, heard }) => [serialNumber, state, heard]),
      [
        ['C', 'silent', undefined],
        ['D', 'silent', 1_020],
        ['A', 'heard', 1_200],
        ['B', 'heard', 1_150],
      ],
    );
    assert.deepEqual(counts, { known: 4, silent: 2, newcomers: 0, held: 0 });
  });

  it('calls none silent where no time is set for it', async () => {
    const one = registry(['A']);
    await clock.pass(1e9);
    const { devices } = listDevices(one, { find: '', silentAfter: 0 });
    assert.deepEqual(
      devices.map(({ state }) => state),
      ['unheard'],
    );
  });

  it('is who waits for a decision, with how much is held, and within a part of a name', () => {
    const one = registry(['A']);
    const holder = one.holder(() => undefined);
    for (const [serial, at] of [
      ['N-1', 1_100],
      ['N-2', 1_200],
    ] as const) {
      one.find(serial, 7, at);
      holder.hold(serial);
    }
    const all = listDevices(one, { find: '', silentAfter: 0 });
    assert.deepEqual(
      all.newcomers.map(({ serialNumber, site, state }) => [serialNumber, site, state]),
      [
        ['N-2', 7, 'held'],
        ['N-1', 7, 'held'],
      ],
    );
    assert.deepEqual(all.counts, { known: 1, silent: 0, newcomers: 2, held: 2 });
    const some = listDevices(one, { find: ' n-1', silentAfter: 0 });
    assert.deepEqual(
      [some.newcomers.map(({ serialNumber }) => serialNumber), some.devices.length],
      [['N-1'], 0],
    );
    assert.equal(listDevices(one, { find: 'NAME of a', silentAfter: 0 }).devices.length, 1);
  });

  it('is as much as a person can take in, and how much more there is', () => {
    const many = registry(Array.from({ length: 1_000 }, (_, index) => `S-${index}`));
    const { devices, more, counts } = listDevices(many, { find: 's-', silentAfter: 0 });
    assert.deepEqual([devices.length, more, counts.known], [200, { devices: 800, newcomers: 0 }, 1_000]);
  });
});
