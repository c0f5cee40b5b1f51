import assert from 'node:assert/strict';
import os from 'node:os';
import { MachineWatch } from '../../../../src/observe/conditions/machine-watch.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe("the machine's clock", () => {
  it('is told for a minute when it jumps, and may have slept where it is ahead', async () => {
    const clock = new ManualClock(Date.UTC(2026, 11, 1));
    const machine = new MachineWatch(clock, os.tmpdir());
    const said = async (): Promise<string> => (await machine.look([])).clock ?? '';
    assert.equal(await said(), '');
    clock.wallOffset += 3_600_000;
    assert.match(await said(), /was set by 3600 s, or the machine stood still for so long\./);
    clock.wallOffset -= 7_200_000;
    assert.match(await said(), /was set by -7200 s\. /);
    await clock.pass(61_000);
    assert.equal(await said(), '');
    clock.wallOffset -= 4_000;
    assert.equal(await said(), '', 'so much is no jump');
    clock.wallOffset = -Date.UTC(2026, 11, 1);
    assert.match(await said(), /says 1970-01-01T00:01:01\.000Z, which cannot be/);
  });
});
