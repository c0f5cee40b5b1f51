import assert from 'node:assert/strict';
import type { Network } from '../../../../src/grid/network/network.js';
import type { Start } from '../../../../src/grid/power-flow/outcome.js';
import { PowerFlow } from '../../../../src/grid/power-flow/power-flow.js';
import { report } from '../../../../src/grid/power-flow/report.js';

type Row = [from: string, to: string, rPu: number, xPu: number, shiftDegree?: number, ratio?: number];

function network(rows: Row[], parts: Pick<Network, 'sources' | 'loads' | 'generators'>): Network {
  const ids = [...new Set(rows.flatMap(([from, to]) => [from, to]))];
  return {
    ...{ name: 'hard', baseMva: 100, buses: ids.map((id) => ({ id, nominalKv: 230 })), ...parts },
    branches: rows.map(([from, to, rPu, xPu, shiftDegree = 0, ratio = 1]) => {
      return { id: `${from}${to}`, from, to, rPu, xPu, bPu: 0.1, shiftDegree, ratio };
    }),
  };
}

/** A generator behind next to no impedance: from a flat start its bus and the next one are torn apart. */
const TORN = network(
  [
    ['a', 'b', 0.01, 0.05],
    ['c', 'd', 1e-9, 6e-9],
    ['b', 'd', 0.0075, 0.037],
    ['a', 'c', 0.0075, 0.037],
  ],
  {
    sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
    generators: [{ id: 'g', bus: 'd', pMw: 318, vmPu: 1.02 }],
    loads: [
      { id: 'b', bus: 'b', pMw: 170, qMvar: 105 },
      { id: 'c', bus: 'c', pMw: 200, qMvar: 124 },
      { id: 'd', bus: 'd', pMw: 80, qMvar: 50 },
    ],
  },
);

/** Two sources that stand nearly opposite to each other. */
const OPPOSITE = network(
  [
    ['a', 'd', 0.05, 0.2],
    ['a', 'e', 0.08, 0.3],
    ['c', 'f', 0.02, 0.1],
    ['d', 'e', 0.2, 0.4],
    ['e', 'f', 1e-8, 3e-8],
  ],
  {
    sources: [
      { id: 'a', bus: 'a', vmPu: 1.05, vaDegree: 146.67 },
      { id: 'c', bus: 'c', vmPu: 1.07, vaDegree: -174.28 },
    ],
    loads: ['d', 'e', 'f'].map((bus) => ({ id: bus, bus, pMw: 91, qMvar: 91 })),
  },
);

/** A capacitor in series, and a transformer of half the ratio in a mesh whose shifts do not cancel. */
const SKEWED = network(
  [
    ['a', 'b', 0.01, -0.05, 30],
    ['a', 'c', 0.0075, 0.037, 30, 0.5],
    ['b', 'd', 0.0075, 0.037, 10],
    ['c', 'd', 0.013, 0.064],
  ],
  {
    sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
    generators: [{ id: 'g', bus: 'd', pMw: 350, vmPu: 1.02 }],
    loads: [
      { id: 'b', bus: 'b', pMw: 187, qMvar: 116 },
      { id: 'c', bus: 'c', pMw: 220, qMvar: 136 },
      { id: 'd', bus: 'd', pMw: 88, qMvar: 55 },
    ],
  },
);

function solved(hard: Network, start: Start): ReturnType<typeof report> {
  const flow = new PowerFlow(hard);
  flow.solve(start);
  return report(flow);
}

describe('hard networks', () => {
  it('have a start named from which there is a solution, before the load is blamed', () => {
    assert.equal(solved(OPPOSITE, 'auto').start, 'level');
    for (const start of ['flat', 'dc', 'gradual'] as const) {
      const { converged, reason } = solved(OPPOSITE, start);
      assert.equal(converged, false, start);
      assert.match(reason ?? '', /from start "level" there is a solution: ask for it, or for "auto"/, start);
    }
  });

  it('are followed while power grows where every other start leads to voltages that nobody runs at', () => {
    const found = solved(SKEWED, 'auto');
    assert.equal(found.start, 'gradual');
    assert.deepEqual(found.warnings, []);
    assert.match(solved(SKEWED, 'flat').warnings.join(), /far from nominal/);
  });

  it('are solved at the voltages that they run at, where a flat start tears a short branch apart', () => {
    assert.ok(solved(TORN, 'auto').buses.every(({ vmPu }) => vmPu > 0.9));
    assert.match(solved(TORN, 'flat').warnings.join(), /far from nominal/);
  });
});
