import assert from 'node:assert/strict';
import type { Network, PerUnitBranch } from '../../../../src/grid/network/network.js';
import type { Start } from '../../../../src/grid/power-flow/outcome.js';
import { PowerFlow } from '../../../../src/grid/power-flow/power-flow.js';
import { report } from '../../../../src/grid/power-flow/report.js';

const STARTS: readonly Start[] = ['auto', 'case', 'flat', 'dc', 'level', 'gradual', 'warm'];

/** A ring of six buses in per unit with loads, a held voltage, and whatever a test adds to its branches. */
function ring(change: (branches: PerUnitBranch[]) => void = () => undefined): Network {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const branches = ids.map((from, at): PerUnitBranch => {
    const to = ids[(at + 1) % ids.length]!;
    return { id: `${from}${to}`, from, to, rPu: 0.01, xPu: 0.08, bPu: 0.02 };
  });
  change(branches);
  return {
    name: 'ring',
    baseMva: 100,
    buses: ids.map((id) => ({ id, nominalKv: 110 })),
    sources: [{ id: 'grid', bus: 'a', vmPu: 1.02, vaDegree: 5 }],
    branches,
    loads: ['b', 'c', 'e', 'f'].map((bus) => ({ id: bus, bus, pMw: 25, qMvar: 8 })),
    generators: [{ id: 'g', bus: 'd', pMw: 30, vmPu: 1.01 }],
  };
}

function solved(network: Network, start: Start): ReturnType<typeof report> {
  const flow = new PowerFlow(network);
  flow.solve(start);
  return report(flow);
}

describe('starts', () => {
  it('lead to the same solution', () => {
    const network = ring();
    const first = solved(network, 'flat');
    network.buses.forEach((bus, at) => Object.assign(bus, { vmPu: 1, vaDegree: 5 - at / 10 }));
    for (const start of STARTS) {
      const result = solved(network, start);
      assert.equal(result.converged, true, `${start}: ${result.reason ?? ''}`);
      result.buses.forEach(({ vmPu, vaDegree }, at) => {
        assert.ok(Math.abs(vmPu - first.buses[at]!.vmPu) < 1e-10, start);
        assert.ok(Math.abs(vaDegree - first.buses[at]!.vaDegree) < 1e-8, start);
      });
    }
  });

  it('take the voltages of the file where it has plausible ones at every bus', () => {
    const network = ring();
    assert.equal(solved(network, 'auto').start, 'flat');
    network.buses.forEach((bus) => Object.assign(bus, { vmPu: 1.01, vaDegree: 3 }));
    assert.equal(solved(network, 'auto').start, 'case');
    network.buses[3]!.vmPu = 0.01;
    assert.equal(solved(network, 'auto').start, 'case', 'a held voltage starts where it is held');
    network.buses[4]!.vmPu = 0.01;
    assert.equal(solved(network, 'auto').start, 'flat');
  });

  it('lead to angles that keep their digits, however many circles they began away', () => {
    const network = ring();
    const first = solved(network, 'flat');
    network.buses.forEach((bus, at) => Object.assign(bus, { vmPu: 1, vaDegree: 360 * at * 1e9 }));
    const result = solved(network, 'case');
    assert.equal(result.converged, true);
    result.buses.forEach(({ vaDegree }, at) => {
      assert.ok(Math.abs(vaDegree - first.buses[at]!.vaDegree) < 1e-8, String(vaDegree));
    });
  });

  it('say which bus carries no voltage where the start is that of the file, and which starts there are', () => {
    const network = ring();
    network.buses.forEach((bus, at) => at !== 3 && Object.assign(bus, { vmPu: 1, vaDegree: 0 }));
    assert.match(solved(network, 'case').reason ?? '', /bus "d" carries none: ask for "auto"/);
    assert.throws(() => solved(network, 'falt' as Start), /must be one of auto, case, flat/);
  });

  it('do not turn whole regions by a phase shifter within a mesh', () => {
    const network = ring((branches) => (branches[0]!.shiftDegree = -30));
    const { converged, iterations, start, reason } = solved(network, 'flat');
    assert.deepEqual([converged, start], [true, 'flat'], reason);
    assert.ok(iterations <= 6, `${iterations} iterations`);
  });

  it('turn everything behind a vector group, also behind two sources', () => {
    const network = ring((branches) => {
      branches[0]!.shiftDegree = 150;
      branches[5]!.shiftDegree = -150;
    });
    network.sources.push({ id: 'other', bus: 'c', vmPu: 1, vaDegree: 5 - 150 - 2 });
    const { converged, iterations, buses } = solved(network, 'flat');
    assert.equal(converged, true);
    assert.ok(iterations <= 6, `${iterations} iterations`);
    assert.ok(Math.abs(buses[1]!.vaDegree + 146) < 5, `${buses[1]!.vaDegree}`);
  });

  it('tell a low-voltage solution from the one that the network runs at', () => {
    // 0.9 pu across 0.5 pu: the voltage at the end is 0.847 or 0.531, both plausible.
    const network: Network = {
      ...{ name: 'long line', baseMva: 100 },
      buses: [
        { id: 'a', nominalKv: 110 },
        { id: 'b', nominalKv: 110, vmPu: 0.53, vaDegree: -58 },
      ],
      sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
      branches: [{ id: 'ab', from: 'a', to: 'b', rPu: 0, xPu: 0.5 }],
      loads: [{ id: 'l', bus: 'b', pMw: 90, qMvar: 0 }],
    };
    const low = solved(network, 'case');
    assert.equal(low.converged, true);
    assert.ok(Math.abs(low.buses[1]!.vmPu - 0.531) < 1e-3);
    assert.match(low.warnings.join(), /another solution may be the one that the network runs at/);
    const high = solved(network, 'auto');
    assert.equal(high.start, 'flat');
    assert.ok(Math.abs(high.buses[1]!.vmPu - 0.8474) < 1e-3);
    assert.deepEqual(high.warnings, []);
  });

  it('take magnitudes through transformers and from held voltages where nothing flows', () => {
    const branch = (from: string, to: string, ratio: number): PerUnitBranch => ({
      ...{ id: from + to, from, to, rPu: 0, xPu: 0.05, ratio },
    });
    const network: Network = {
      ...{ name: 'steps', baseMva: 100, buses: ['a', 'b', 'c', 'd'].map((id) => ({ id, nominalKv: 110 })) },
      sources: [{ id: 'grid', bus: 'a', vmPu: 1.1 }],
      branches: [branch('a', 'b', 1.25), branch('b', 'c', 0.9), branch('c', 'd', 1)],
      generators: [{ id: 'g', bus: 'd', pMw: 0, vmPu: 1.1 / 1.25 / 0.9 }],
    };
    for (const start of ['dc', 'gradual'] as const) {
      const { converged, iterations, buses } = solved(network, start);
      assert.deepEqual([converged, iterations], [true, 0], start);
      assert.ok(Math.abs(buses[1]!.vmPu - 0.88) < 1e-9);
    }
    assert.ok(solved(network, 'flat').iterations > 0);
  });

  it('begin anew where the last solution is no longer near', () => {
    const flow = new PowerFlow(ring());
    assert.equal(flow.solve('warm').start, 'flat');
    assert.equal(flow.solve('warm').start, 'warm');
    // Half a turn: nothing of the last solution is worth keeping.
    flow.grid.vaSet[0] = flow.grid.vaSet[0]! + Math.PI;
    const outcome = flow.solve('warm');
    assert.equal(outcome.converged, true);
    const spread = Math.max(...flow.solver.va) - Math.min(...flow.solver.va);
    assert.ok(spread < 0.5, `${spread} radians between the buses`);
  });
});

describe('steps', () => {
  for (const off of [0, 1e-15, 1e-13]) {
    it(`pivot where the elimination in its order meets nothing to divide by (${off} off)`, () => {
      // An inductor and a capacitor in series: the bus between them has no admittance of its own.
      const branch = (from: string, to: string, rPu: number, xPu: number): PerUnitBranch => ({
        ...{ id: from + to, from, to, rPu, xPu },
      });
      const result = solved(
        {
          ...ring(),
          buses: ['between', 'a', 'b', 'c'].map((id) => ({ id, nominalKv: 110 })),
          branches: [
            ...[branch('a', 'b', 0.01, 0.1), branch('b', 'c', 0.01, 0.1), branch('a', 'c', 0.01, 0.1)],
            ...[branch('b', 'between', 0, 0.1), branch('between', 'c', 0, -0.1 - off)],
          ],
          loads: [{ id: 'l', bus: 'c', pMw: 20, qMvar: 5 }],
          generators: [],
        },
        'flat',
      );
      assert.equal(result.converged, true, result.reason);
      assert.ok(Math.abs(result.buses[2]!.vmPu - result.buses[3]!.vmPu) < 1e-8);
      assert.ok(Math.abs(result.sources[0]!.pMw - 20 - result.losses.pMw) < 1e-5);
    });
  }

  it('say so when the mismatch is as small as rounding allows, and stop there', () => {
    const network = ring((branches) => branches.push({ id: 'bar', from: 'b', to: 'f', rPu: 0, xPu: 1e-9 }));
    const result = solved(network, 'flat');
    assert.equal(result.converged, true, result.reason);
    assert.ok(result.mismatchPu > 1e-8 && result.mismatchPu < 1e-3, `${result.mismatchPu}`);
    assert.match(result.warnings.join(), /the mismatch of .* pu is as small as rounding allows/);
  });

  it('blame the load only where less of it has a solution', () => {
    const heavy = ring();
    for (const load of heavy.loads!) load.pMw *= 40;
    assert.match(
      solved(heavy, 'auto').reason ?? '',
      /with 10 % of all power there is one: the load may exceed/,
    );
    const wrong = ring();
    wrong.generators = [{ id: 'g', bus: 'd', pMw: 0, vmPu: 40 }];
    assert.match(solved(wrong, 'auto').reason ?? '', /none without any load either.*held voltages/);
  });
});
