import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Conditions } from '../../../../src/grid/devices/device.js';
import { Storage, type StorageConfig } from '../../../../src/grid/devices/storage.js';

const CALM: Conditions = { loadScale: 1, irradianceWPerM2: 0, ambientC: 20, windMPerS: 0, pricePerMwh: 50 };

function battery(changes: Partial<StorageConfig> = {}): Storage {
  return new Storage({
    ...{ id: 'b', kind: 'storage', bus: 'x', capacityMwh: 2, chargeMw: 0.5, dischargeMw: 0.4 },
    ...{ minSoc: 0.1, maxSoc: 0.9, startSoc: 0.5, chargeEfficiency: 0.95, dischargeEfficiency: 0.9 },
    ...changes,
  });
}

const actions = fc.array(
  fc.record({
    pMw: fc.double({ min: -3, max: 3, noNaN: true }),
    qMvar: fc.double({ min: -3, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 50 },
);

describe('storage', () => {
  it('keeps its books: what is stored is what went in and out, by the efficiencies, less self-discharge', () => {
    fc.assert(
      fc.property(
        actions,
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        (list, selfDischargePerHour, hours) => {
          const one = battery({ selfDischargePerHour });
          for (const action of list) {
            const before = one.state.soc * 2;
            one.step(action, CALM, hours);
            const p = one.state.pMw;
            const after = before + (p >= 0 ? p * 0.95 : p / 0.9) * hours;
            const lossAtMost = after * (1 - (1 - selfDischargePerHour) ** hours);
            const lost = after - one.state.soc * 2;
            assert.ok(lost > -1e-12, 'energy came from nowhere');
            assert.ok(lost < lossAtMost + 1e-12, 'energy went nowhere');
            // Above the reserve the loss is the whole loss.
            if (one.state.soc > 0.1 + 1e-9) assert.ok(Math.abs(lost - lossAtMost) < 1e-12);
          }
        },
      ),
    );
  });

  it('never leaves the limits of its state of charge, its power and its rating', () => {
    fc.assert(
      fc.property(actions, fc.boolean(), (list, rated) => {
        const one = battery({ selfDischargePerHour: 0.01, ...(rated && { ratedMva: 0.5 }) });
        for (const action of list) {
          one.step(action, CALM, 1);
          const { soc, pMw, qMvar } = one.state;
          assert.ok(soc >= 0.1 && soc <= 0.9, `soc ${soc}`);
          assert.ok(pMw >= -0.4 && pMw <= 0.5);
          assert.ok(Math.hypot(pMw, qMvar) <= 0.5 + 1e-12);
        }
      }),
    );
  });

  it('takes only what fits, and counts the rest as a violation', () => {
    const one = battery({ startSoc: 0.8 });
    one.step({ pMw: 0.5 }, CALM, 1);
    assert.ok(Math.abs(one.state.pMw - (0.1 * 2) / 0.95) < 1e-12);
    assert.equal(one.state.soc, 0.9);
    // 0.5 MW would have stored 0.475 MWh, 0.2 MWh fitted: 0.1375 of the capacity was missed.
    assert.ok(Math.abs(one.account(1).safety - 0.1375) < 1e-12);
    one.step({ pMw: 0 }, CALM, 1);
    assert.equal(one.account(1).safety, 0);
  });

  it('returns less than it took by both efficiencies', () => {
    const one = battery();
    one.step({ pMw: 0.4 }, CALM, 1);
    one.step({ pMw: -0.4 * 0.95 * 0.9 }, CALM, 1);
    assert.ok(Math.abs(one.state.soc - 0.5) < 1e-12);
  });

  it('treats a request that is not a number as no request', () => {
    const one = battery();
    one.step({ pMw: NaN, qMvar: Infinity }, CALM, 1);
    assert.deepEqual(one.state, { pMw: 0, qMvar: 0, soc: 0.5 });
  });

  it('costs by its curve and the length of the step', () => {
    const one = battery({ costCurve: [10, 4, 1] });
    one.step({ pMw: -0.2 }, CALM, 0.5);
    assert.ok(Math.abs(one.account(0.5).cost - (10 * 0.04 - 4 * 0.2 + 1) * 0.5) < 1e-12);
  });
});
