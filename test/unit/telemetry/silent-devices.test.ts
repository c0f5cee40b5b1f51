import assert from 'node:assert/strict';
import { DEFAULT_REGISTRY_OPTIONS, DeviceRegistry } from '../../../src/telemetry/device-registry.js';
import { ManualClock } from '../../support/manual-clock.js';

const device = (serialNumber: string) => ({ serialNumber, id: 1, type: 'T' });

function world(): { clock: ManualClock; registry: DeviceRegistry; silent: () => string[] } {
  const clock = new ManualClock();
  const start = clock.wall();
  const registry = new DeviceRegistry([device('a'), device('b')], DEFAULT_REGISTRY_OPTIONS, clock);
  const silent = (): string[] =>
    registry.silent(10_000).map(({ serialNumber, since }) => `${serialNumber} ${since - start}`);
  return { clock, registry, silent };
}

describe('devices that fall silent', () => {
  it('are those of the table that were not heard for longer than that, from the start on', async () => {
    const { clock, registry, silent } = world();
    await clock.pass(5_000);
    registry.find('a', 1, clock.wall());
    registry.find('stranger', 1, clock.wall());
    await clock.pass(5_000);
    assert.deepEqual(silent(), []);
    await clock.pass(1);
    assert.deepEqual(silent(), ['b 0']);
    await clock.pass(5_000);
    assert.deepEqual(silent(), ['a 5000', 'b 0']);
    registry.find('b', 1, clock.wall());
    assert.deepEqual(silent(), ['a 5000']);
  });

  it("are not made by setting the machine's clock, nor hidden by it", async () => {
    const { clock, registry, silent } = world();
    registry.find('a', 1, clock.wall());
    clock.wallOffset = 3_600_000;
    assert.deepEqual(silent(), [], 'an hour on');
    clock.wallOffset = -3_600_000;
    registry.find('a', 1, clock.wall());
    await clock.pass(10_001);
    assert.deepEqual(silent().length, 2, 'an hour back');
  });

  it('are not made by a message that was kept and comes late', async () => {
    const { clock, registry, silent } = world();
    await clock.pass(20_000);
    for (const serial of ['a', 'b']) registry.find(serial, 1, clock.wall());
    registry.find('a', 1, clock.wall() - 15_000);
    assert.deepEqual(silent(), []);
  });
});
