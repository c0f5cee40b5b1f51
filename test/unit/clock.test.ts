import assert from 'node:assert/strict';
import { type Clock, fromWall, systemClock, toWall } from '../../src/clock.js';

describe('clock', () => {
  it('does not go back when the machine is set back, and says both times', () => {
    const dateNow = Date.now;
    const before = systemClock.now();
    try {
      Date.now = () => dateNow() - 5 * 3_600_000;
      const after = systemClock.now();
      assert.ok(after >= before);
      assert.ok(after - before < 60_000);
      assert.ok(systemClock.wall() < before - 4 * 3_600_000);
    } finally {
      Date.now = dateNow;
    }
  });

  it('translates times of other systems there and back, also after a jump', () => {
    const jumped: Clock = { now: () => 1_000, wall: () => 90_001_000, after: () => () => undefined };
    assert.equal(fromWall(jumped, 90_002_000), 2_000);
    assert.equal(toWall(jumped, 2_000), 90_002_000);
  });

  it('wakes once, and not when that was undone', async () => {
    let undone = 0;
    systemClock.after(0, () => (undone += 1))();
    await new Promise<void>((resolve) => {
      const alive = setInterval(() => undefined, 1_000);
      systemClock.after(1, () => {
        clearInterval(alive);
        resolve();
      });
    });
    assert.equal(undone, 0);
  });
});
