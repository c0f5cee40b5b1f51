import assert from 'node:assert/strict';
import { conditionsOfDay } from '../../../src/grid/profiles.js';

describe('profiles', () => {
  it('are the same for the same seed and day, and others otherwise', () => {
    assert.deepEqual(conditionsOfDay(3, 5), conditionsOfDay(3, 5));
    assert.notDeepEqual(conditionsOfDay(3, 5), conditionsOfDay(3, 6));
    assert.notDeepEqual(conditionsOfDay(3, 5), conditionsOfDay(4, 5));
  });

  it('stay within what can be, on every day', () => {
    for (let day = 0; day < 200; day++) {
      const steps = conditionsOfDay(1, day);
      assert.equal(steps.length, 24);
      for (const [hour, { loadScale, irradianceWPerM2, windMPerS, pricePerMwh }] of steps.entries()) {
        assert.ok(loadScale > 0.3 && loadScale < 1.1);
        assert.ok(irradianceWPerM2 >= 0 && irradianceWPerM2 <= 1000);
        if (hour < 6 || hour > 19) assert.equal(irradianceWPerM2, 0);
        assert.ok(windMPerS >= 0 && windMPerS < 30);
        assert.ok(pricePerMwh > 0);
      }
    }
  });

  it('give finer steps when asked', () => {
    assert.equal(conditionsOfDay(1, 0, 0.25).length, 96);
  });
});
