import assert from 'node:assert/strict';
import {
  BatteryModel,
  shownCharge,
  type Behaviour,
} from '../../../../src/battery/simulator/battery-model.js';

describe('BatteryModel', () => {
  for (const behaviour of ['resting', 'charging', 'discharging', 'driving'] satisfies Behaviour[]) {
    it(`stays within what a monitor can measure while ${behaviour}`, () => {
      const battery = new BatteryModel(behaviour, 0.6, 20);
      for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
        battery.advance(60);
        assert.ok(battery.voltage >= 6 && battery.voltage <= 14.4, `${battery.voltage} V`);
      }
    });
  }

  it('dips when the engine is cranked and rises when the alternator charges', () => {
    const battery = new BatteryModel('driving', 0.8, 20);
    const resting = battery.voltage;
    battery.advance(21);
    const cranking = battery.voltage;
    battery.advance(10);
    assert.ok(cranking < resting - 1.5, `${cranking} V after ${resting} V`);
    assert.ok(battery.voltage > resting + 0.5);
    assert.equal(battery.isCharging, true);
  });

  it('takes the same way in one step as in many', () => {
    const once = new BatteryModel('driving', 0.5, 20);
    const often = new BatteryModel('driving', 0.5, 20);
    once.advance(1000);
    for (let second = 0; second < 1000; second += 1) often.advance(1);
    assert.ok(Math.abs(once.voltage - often.voltage) < 1e-9);
  });
});

describe('shownCharge', () => {
  it("follows the monitors' default table from 11.90 to 12.90 V", () => {
    assert.deepEqual([11, 11.9, 12.4, 12.9, 14].map(shownCharge), [0, 0, 50, 100, 100]);
  });
});
