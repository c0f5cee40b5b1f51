import assert from 'node:assert/strict';
import { BUILT_IN_NETWORKS, type BuiltInName } from '../../../../src/grid/built-in/built-in.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

interface Expected {
  lossKw: number;
  sourceMw: number;
  sourceMvar: number;
  lowestBus: string;
  lowestPu: number;
  /** The 33-bus feeder has no ratings. */
  highestLoading?: number;
}

/**
 * Results of pandapower 3.5.6 (`runpp`, tolerance 1e-9 MVA) for its own CIGRE and 33-bus networks and for the IEEE
 * feeders entered there element by element. Published: 202.68 kW and 0.9131 pu for the 33-bus feeder (Baran and Wu).
 */
const EXPECTED: Readonly<Record<BuiltInName, Expected>> = {
  ieee13: {
    ...{ lossKw: 124.0313396974, sourceMw: 4.0230313397, sourceMvar: 2.9040374809 },
    ...{ lowestBus: '675', lowestPu: 0.9041361842, highestLoading: 106.83606333 },
  },
  ieee34: {
    ...{ lossKw: 361.9373254951, sourceMw: 1.9699373255, sourceMvar: 1.2531930459 },
    ...{ lowestBus: '890', lowestPu: 0.9073659842, highestLoading: 110.8899913 },
  },
  case33: {
    ...{ lossKw: 202.6771264559, sourceMw: 3.9176771265, sourceMvar: 2.435140971 },
    ...{ lowestBus: '18', lowestPu: 0.9130904794 },
  },
  'cigre-lv': {
    ...{ lossKw: 28.3292200554, sourceMw: 0.7149292201, sourceMvar: 0.3187601098 },
    ...{ lowestBus: 'C12', lowestPu: 0.9122689603, highestLoading: 85.25464039 },
  },
  'cigre-mv': {
    ...{ lossKw: 303.5817940766, sourceMw: 45.0457317941, sourceMvar: 16.3414112108 },
    ...{ lowestBus: '11', lowestPu: 0.9229797753, highestLoading: 101.41147271 },
  },
  'cigre-mv-pv-wind': {
    ...{ lossKw: 164.3516390641, sourceMw: 43.1965016391, sourceMvar: 15.69616875 },
    ...{ lowestBus: '11', lowestPu: 0.9469155307, highestLoading: 93.80803764 },
  },
  'cigre-mv-all-der': {
    ...{ lossKw: 181.4848294061, sourceMw: 43.4446348294, sourceMvar: 15.7781139864 },
    ...{ lowestBus: '6', lowestPu: 0.9438035447, highestLoading: 94.82186846 },
  },
  'three-microgrids': {
    ...{ lossKw: 791.4124153234, sourceMw: 3.4524124153, sourceMvar: 2.1416824008 },
    ...{ lowestBus: 'DSO 852', lowestPu: 0.852468952, highestLoading: 154.6340033 },
  },
};

describe('built-in networks', () => {
  for (const [name, expected] of Object.entries(EXPECTED) as [BuiltInName, Expected][]) {
    it(`${name} agrees with its reference`, () => {
      const result = solvePowerFlow(BUILT_IN_NETWORKS[name]());
      assert.equal(result.converged, true, result.reason);
      const lowest = result.buses.reduce((low, bus) => (bus.vmPu < low.vmPu ? bus : low));
      const loadings = result.branches.flatMap(({ loadingPercent }) => loadingPercent ?? []);
      const close = (actual: number, wanted: number, tolerance: number): void => {
        assert.ok(Math.abs(actual - wanted) <= tolerance, `${actual} instead of ${wanted}`);
      };
      assert.equal(lowest.id, expected.lowestBus);
      close(lowest.vmPu, expected.lowestPu, 1e-8);
      close(result.losses.pMw * 1000, expected.lossKw, 1e-5);
      close(result.sources[0]?.pMw ?? NaN, expected.sourceMw, 1e-8);
      close(result.sources[0]?.qMvar ?? NaN, expected.sourceMvar, 1e-8);
      if (expected.highestLoading === undefined) assert.equal(loadings.length, 0);
      else close(Math.max(...loadings), expected.highestLoading, 1e-6);
    });
  }

  it('are made anew for each caller', () => {
    const first = BUILT_IN_NETWORKS.ieee13();
    first.buses.pop();
    assert.equal(BUILT_IN_NETWORKS.ieee13().buses.length, 13);
  });

  it('say where their parameters come from', () => {
    for (const build of Object.values(BUILT_IN_NETWORKS)) assert.ok((build().reference ?? '').length > 20);
  });
});
