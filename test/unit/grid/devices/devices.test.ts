import assert from 'node:assert/strict';
import { costPerHour } from '../../../../src/grid/devices/cost-curve.js';
import { createDevice, type DeviceConfig } from '../../../../src/grid/devices/create.js';
import type { Conditions } from '../../../../src/grid/devices/device.js';
import { Generator, type GeneratorConfig } from '../../../../src/grid/devices/generator.js';
import { exchangeCost } from '../../../../src/grid/devices/grid-tie.js';
import { Renewable } from '../../../../src/grid/devices/renewable.js';
import { Switched } from '../../../../src/grid/devices/switched.js';
import { pvPowerMw, windPowerMw } from '../../../../src/grid/devices/weather-power.js';

const NOON: Conditions = { loadScale: 1, irradianceWPerM2: 800, ambientC: 20, windMPerS: 8, pricePerMwh: 50 };

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);
}

describe('cost curves', () => {
  it('are a P^2 + b P + c with three coefficients', () => {
    // The example of the original: 100 * 0.25 + 72.4 * 0.5 + 0.5011.
    close(costPerHour([100, 72.4, 0.5011], 0.5), 61.7011);
  });

  it('are piecewise linear with pairs, continued outside', () => {
    const curve = [0, 0, 1, 10, 3, 50];
    for (const [p, cost] of [
      [-1, -10],
      [0.5, 5],
      [1, 10],
      [2, 30],
      [4, 70],
    ] as const) {
      close(costPerHour(curve, p), cost);
    }
  });
});

describe('generator', () => {
  const config: GeneratorConfig = {
    id: 'g',
    kind: 'generator',
    bus: 'x',
    maxMw: 1,
    minMw: 0.2,
    ratedMva: 1.25,
  };

  it('keeps to its power, ramp and rating', () => {
    const one = new Generator({ ...config, rampMwPerHour: 0.4 });
    one.step({ pMw: 5, qMvar: 9 }, NOON, 0.5);
    close(one.state.pMw, 0.2);
    close(one.state.qMvar, Math.sqrt(1.25 ** 2 - 0.2 ** 2));
    one.step({ pMw: 5 }, NOON, 0.5);
    close(one.state.pMw, 0.4);
  });

  it('starts and stops in whole steps and pays for it', () => {
    const one = new Generator({
      ...config,
      startSteps: 2,
      stopSteps: 1,
      startCost: 30,
      stopCost: 7,
      costCurve: [0, 10, 1],
    });
    const seen = [true, false, true, true, true, true, true].map((on) => {
      one.step({ pMw: 0.5, on }, NOON, 1);
      return [one.state.on, one.state.pMw, one.account(1).cost];
    });
    assert.deepEqual(seen, [
      [true, 0.5, 6],
      [false, 0, 7],
      [false, 0, 0],
      [false, 0, 30],
      [false, 0, 0],
      [true, 0.5, 6],
      [true, 0.5, 6],
    ]);
  });

  it('counts overload and a low power factor', () => {
    const one = new Generator({ ...config, ratedMva: 1, minPowerFactor: 0.8 });
    one.step({ pMw: 0.6, qMvar: 1.2 }, NOON, 2);
    const apparent = Math.hypot(0.6, 1.2);
    close(one.account(2).safety, (apparent - 1 + 0.8 - 0.6 / apparent) * 2);
  });
});

describe('weather-driven generators', () => {
  it('follow PVWatts with Faiman cell temperature', () => {
    const cell = 20 + 800 / (25 + 6.84 * 8);
    close(
      pvPowerMw({ ratedMw: 2, temperatureCoefficient: -0.004 }, 800, 20, 8),
      1.6 * (1 - 0.004 * (cell - 25)),
    );
    assert.equal(pvPowerMw({ ratedMw: 2 }, 0, 20, 8), 0);
  });

  it('follow the cubic law between cut-in and rated speed', () => {
    assert.equal(windPowerMw({ ratedMw: 2 }, 2.9), 0);
    close(windPowerMw({ ratedMw: 2 }, 8), (2 * (512 - 27)) / (1728 - 27));
    assert.equal(windPowerMw({ ratedMw: 2 }, 12), 2);
    assert.equal(windPowerMw({ ratedMw: 2 }, 25), 2);
    assert.equal(windPowerMw({ ratedMw: 2 }, 25.1), 0);
  });

  it('can be curtailed, not raised, and share their inverter with reactive power', () => {
    const one = new Renewable({ id: 'p', kind: 'pv', bus: 'x', ratedMw: 1, ratedMva: 0.5 });
    one.step({}, NOON);
    close(one.state.pMw, 0.5);
    one.step({ pMw: 0.3, qMvar: 1 }, NOON);
    close(one.state.pMw, 0.3);
    close(one.state.qMvar, 0.4);
    one.step({ pMw: 9 }, NOON);
    close(one.state.pMw, 0.5);
  });
});

describe('switched devices', () => {
  it('move within their positions; a tap pays per position, a shunt per change', () => {
    const tap = new Switched({
      ...{
        id: 't',
        kind: 'tap-changer',
        transformer: 'x',
        minPosition: -2,
        maxPosition: 2,
        switchingCost: 3,
      },
    });
    tap.step({ position: 5 });
    assert.deepEqual([tap.state.position, tap.account().cost], [2, 6]);
    const shunt = new Switched({ id: 's', kind: 'shunt', shunt: 'x', maxPosition: 4, switchingCost: 3 });
    shunt.step({ position: 4 });
    assert.deepEqual([shunt.state.position, shunt.account().cost], [4, 3]);
    shunt.step({});
    assert.deepEqual([shunt.state.position, shunt.account().cost], [4, 0]);
  });
});

describe('grid tie', () => {
  it('pays the price for imports and earns a part of it for exports', () => {
    close(exchangeCost({ source: 's' }, 2, 60, 0.5), 60);
    close(exchangeCost({ source: 's' }, -2, 60, 0.5), -54);
    close(exchangeCost({ source: 's', exportFactor: 0.5 }, -2, 60, 0.5), -30);
  });
});

describe('device settings', () => {
  const REFUSED: [unknown, RegExp][] = [
    [{ id: 'a', kind: 'flywheel' }, /device "a" are not usable: kind must be one of storage, generator/],
    [{ kind: 'pv' }, /a device are not usable: it needs an id/],
    [{ id: 'a', kind: 'pv', ratedMw: 1 }, /device "a" .*: bus must name an element/],
    [{ id: 'a', kind: 'pv', bus: 'x' }, /ratedMw must be a number/],
    [
      { id: 'a', kind: 'storage', bus: 'x', capacityMwh: 0, chargeMw: 1, dischargeMw: 1 },
      /capacityMwh must be greater/,
    ],
    [
      {
        id: 'a',
        kind: 'storage',
        bus: 'x',
        capacityMwh: 1,
        chargeMw: 1,
        dischargeMw: 1,
        minSoc: 0.9,
        maxSoc: 0.1,
      },
      /minSoc must be below maxSoc/,
    ],
    [{ id: 'a', kind: 'generator', bus: 'x', maxMw: 1, costCurve: [1] }, /costCurve must be/],
  ];
  for (const [config, message] of REFUSED) {
    it(`are refused with a reason: ${message.source.slice(0, 40)}`, () => {
      assert.throws(() => createDevice(config as DeviceConfig), { code: 'GRID_SETTING_INVALID', message });
    });
  }
});
