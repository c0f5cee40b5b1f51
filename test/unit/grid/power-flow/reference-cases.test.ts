import assert from 'node:assert/strict';
import { importMatpower } from '../../../../src/grid/network/matpower/import.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { importPandapower } from '../../../../src/grid/network/pandapower/import.js';
import { PowerFlow } from '../../../../src/grid/power-flow/power-flow.js';
import { report, solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { gridDataExists, gridFiles, readGridJson, readGridText } from '../../../support/shared-grid-data.js';

/** What the references hold, solved elsewhere and polished to rounding. */
interface CaseSolution {
  baseMVA: number;
  bus_id: number[];
  vm_pu: number[];
  va_degree: number[];
  branch_on: number[];
  p_from_mw: number[];
  q_from_mvar: number[];
  p_to_mw: number[];
  q_to_mvar: number[];
  total_loss_mw: number;
}

interface NetworkSolution {
  bus: { id: number; vm_pu: number; va_degree: number }[];
  branch: {
    kind: 'line' | 'trafo';
    id: number;
    p_from_mw: number;
    q_to_mvar: number;
    loading_percent: number;
  }[];
  ext_grid: { p_mw: number; q_mvar: number };
  total_loss_mw: number;
}

const WITHIN = 1e-8;

function assertClose(actual: number | undefined, expected: number, tolerance: number, what: string): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual ?? 'missing'} instead of ${expected}`,
  );
}

describe('reference cases', () => {
  before(function () {
    if (gridDataExists()) return;
    console.log('    skipped: ../shared/data/grid is not on this machine');
    this.skip();
  });

  // The tests below are made from the files; without them this one carries the skip.
  it('are on this machine', () => {
    assert.ok(gridFiles('cases', '.m').length > 0);
  });

  for (const name of gridFiles('cases', '.m')) {
    it(`${name} from a flat start agrees in voltages, flows and losses`, () => {
      const reference = readGridJson('solutions', `${name}.json`) as CaseSolution;
      const result = solvePowerFlow(importMatpower(readGridText('cases', `${name}.m`)));
      assert.equal(result.converged, true, result.reason);
      const buses = new Map(result.buses.map((bus) => [bus.id, bus]));
      reference.bus_id.forEach((id, index) => {
        const bus = buses.get(String(id));
        assertClose(bus?.vmPu, reference.vm_pu[index]!, WITHIN, `vm at bus ${id}`);
        const radians = ((bus?.vaDegree ?? NaN) * Math.PI) / 180;
        assertClose(radians, (reference.va_degree[index]! * Math.PI) / 180, WITHIN, `va at bus ${id}`);
      });
      const power = WITHIN * reference.baseMVA;
      result.branches.forEach((branch, index) => {
        assertClose(branch.pFromMw, reference.p_from_mw[index]!, power, `P into ${branch.id}`);
        assertClose(branch.qFromMvar, reference.q_from_mvar[index]!, power, `Q into ${branch.id}`);
        assertClose(branch.pToMw, reference.p_to_mw[index]!, power, `P out of ${branch.id}`);
        assertClose(branch.qToMvar, reference.q_to_mvar[index]!, power, `Q out of ${branch.id}`);
      });
      assertClose(result.losses.pMw, reference.total_loss_mw, power, 'losses');
    });
  }

  for (const name of gridFiles('networks', '.json')) {
    for (const method of ['newton-raphson', 'sweep'] as const) {
      it(`${name} by ${method} agrees in voltages, flows, loadings and losses`, () => {
        const reference = readGridJson('solutions', `net_${name}.json`) as NetworkSolution;
        const network = importPandapower(readGridText('networks', `${name}.json`));
        const result = solvePowerFlow(network, { method });
        assert.equal(result.converged, true, result.reason);
        for (const bus of reference.bus) {
          const found = result.buses.find(({ id }) => id === String(bus.id));
          assertClose(found?.vmPu, bus.vm_pu, WITHIN, `vm at bus ${bus.id}`);
          assertClose(found?.vaDegree, bus.va_degree, 1e-6, `va at bus ${bus.id}`);
        }
        for (const branch of reference.branch) {
          const kind = branch.kind === 'trafo' ? 'transformer' : 'line';
          const found = result.branches.find((one) => one.kind === kind && one.id === String(branch.id));
          assertClose(found?.pFromMw, branch.p_from_mw, WITHIN, `P into ${kind} ${branch.id}`);
          assertClose(found?.qToMvar, branch.q_to_mvar, WITHIN, `Q out of ${kind} ${branch.id}`);
          assertClose(found?.loadingPercent, branch.loading_percent, 1e-6, `loading of ${kind} ${branch.id}`);
        }
        assertClose(result.losses.pMw, reference.total_loss_mw, WITHIN, 'losses');
        assertClose(result.sources[0]?.pMw, reference.ext_grid.p_mw, WITHIN, 'P of the source');
        assertClose(result.sources[0]?.qMvar, reference.ext_grid.q_mvar, WITHIN, 'Q of the source');
      });
    }
  }

  /** Largest factor on all loads that still has a solution, found by others to the digits given. */
  const COLLAPSE = { case14: 4.0045, case33bw: 3.6222, case69: 3.2117, case118: 1.8165, case141: 4.2153 };
  for (const [name, limit] of Object.entries(COLLAPSE)) {
    it(`${name} converges below its collapse point and reports failure above`, () => {
      const network = importMatpower(readGridText('cases', `${name}.m`));
      assert.equal(solveScaled(network, limit - 1e-4).converged, true);
      for (const beyond of [limit + 1e-4, 2 * limit, 100 * limit]) {
        const result = solveScaled(network, beyond);
        assert.equal(result.converged, false, `factor ${beyond}`);
        assert.match(result.reason ?? '', /load may exceed|not a number|singular/);
        assert.deepEqual(result.buses, []);
      }
    });
  }

  function solveScaled(network: Network, factor: number): ReturnType<typeof report> {
    const flow = new PowerFlow({
      ...network,
      loads: (network.loads ?? []).map((load) => ({ ...load, scaling: factor })),
    });
    flow.solve();
    return report(flow);
  }
});
