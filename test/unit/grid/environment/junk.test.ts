import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/built-in/built-in.js';
import { GridEnvironment } from '../../../../src/grid/environment/environment.js';

type Place = (string | number)[];

/** What may stand in JSON where something else belongs; undefined: nothing at all. */
const JUNK: unknown[] = [null, undefined, 'x', '', true, -1, 0, 2.5, 1e308, 1e-308, [], {}, [null]];

const CONDITIONS = { loadScale: 1, irradianceWPerM2: 100, ambientC: 20, windMPerS: 4, pricePerMwh: 30 };

/** An environment in which everything is said that can be said. */
function whole(): Record<string, unknown> {
  const network = BUILT_IN_NETWORKS.ieee13();
  return {
    network,
    agents: [
      {
        ...{ id: 'A', area: '6', marginalCost: 3 },
        tie: { source: network.sources[0]?.id, exportFactor: 0.9 },
        devices: [
          {
            ...{ id: 'B1', kind: 'storage', bus: '645', capacityMwh: 2, chargeMw: 0.5, dischargeMw: 0.5 },
            ...{ minSoc: 0.1, maxSoc: 0.9, startSoc: 0.5, selfDischargePerHour: 0.01, ratedMva: 1 },
            ...{ chargeEfficiency: 0.9, dischargeEfficiency: 0.9, costCurve: [1, 2, 3] },
          },
          { id: 'P1', kind: 'pv', bus: '652', ratedMw: 0.4, ratedMva: 0.4, temperatureCoefficient: -0.004 },
          {
            id: 'W1',
            kind: 'wind',
            bus: '652',
            ratedMw: 0.4,
            cutInMPerS: 3,
            ratedMPerS: 12,
            cutOutMPerS: 25,
          },
          { id: 'G1', kind: 'generator', bus: '671', maxMw: 1, minMw: 0.1, costCurve: [0, 0, 1, 10] },
        ],
      },
    ],
    ...{ conditions: [CONDITIONS], loadScale: 1, stepHours: 1, episodeSteps: 24, seed: 1, penalty: 10 },
    ...{ failureReward: -200, failureSafety: 20, shareReward: true, trade: true },
    powerFlow: { method: 'newton-raphson', start: 'warm', tolerancePu: 1e-8, maximumIterations: 20 },
  };
}

/** The places of all settings; of lists, those of the first entry. */
function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? [0] : Object.keys(value);
  const below = keys.flatMap((key) => placesOf((value as Record<string, unknown>)[key], [...at, key]));
  return at.length === 0 ? below : [at, ...below];
}

function withJunk(place: Place, junk: unknown): Record<string, unknown> {
  const changed = whole();
  let holder = changed;
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const last = place.at(-1) ?? '';
  // A list without its first entry is a shorter list.
  if (junk === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
  else holder[last] = junk;
  return changed;
}

describe('an environment with junk at one place', () => {
  it('is what the test takes it for', () => {
    assert.equal(new GridEnvironment(whole() as never).step().converged, true);
    assert.ok(placesOf(whole()).length > 80);
  });

  it('is refused with a reason, or gives steps that are numbers throughout', () => {
    for (const place of placesOf(whole())) {
      for (const junk of JUNK) {
        const where = `${place.join('.')} = ${JSON.stringify(junk)}`;
        try {
          const environment = new GridEnvironment(withJunk(place, junk) as never);
          for (let step = 0; step < 2; step++) {
            const text = JSON.stringify(environment.step(), (_, value: unknown) =>
              typeof value === 'number' && !Number.isFinite(value) ? 'no number' : value,
            );
            assert.ok(!text.includes('no number'), `${where}: ${text.slice(0, 300)}`);
          }
        } catch (error) {
          assert.ok(error instanceof GridwireError, `${where}: ${String(error)}`);
          assert.match(error.code, /^(GRID_SETTING_INVALID|NETWORK_INVALID)$/, where);
        }
      }
    }
  });
});
