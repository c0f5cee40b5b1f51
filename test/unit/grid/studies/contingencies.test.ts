import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/built-in/built-in.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { Contingencies, runContingencies } from '../../../../src/grid/studies/contingencies.js';

/** A mesh with a stub, a phase shifter, two parallel lines and a line between two sources. */
function mesh(shift = 5): Network {
  const line = (id: string, from: string, to: string): NonNullable<Network['lines']>[number] => ({
    ...{ id, from, to, lengthKm: 20, rOhmPerKm: 0.1, xOhmPerKm: 0.4, cNfPerKm: 10, maxKa: 0.3 },
  });
  return {
    ...{ name: 'mesh', baseMva: 100, frequencyHz: 50 },
    buses: ['a', 'b', 'c', 'd', 'e', 'stub', 'beyond'].map((id) => ({ id, nominalKv: 110 })),
    sources: [
      { id: 'first', bus: 'a', vmPu: 1.02 },
      { id: 'second', bus: 'e', vmPu: 1.01, vaDegree: -1 },
    ],
    lines: [
      ...[line('ab', 'a', 'b'), line('ab2', 'a', 'b'), line('bc', 'b', 'c'), line('cd', 'c', 'd')],
      ...[
        line('de', 'd', 'e'),
        line('ae', 'a', 'e'),
        line('c-stub', 'c', 'stub'),
        line('stub-beyond', 'stub', 'beyond'),
      ],
    ],
    branches: [
      {
        id: 'shifter',
        from: 'b',
        to: 'd',
        rPu: 0.001,
        xPu: 0.05,
        bPu: 0.01,
        ratio: 0.98,
        shiftDegree: shift,
      },
    ],
    loads: ['b', 'c', 'd', 'stub', 'beyond'].map((bus) => ({ id: bus, bus, pMw: 12, qMvar: 4 })),
    generators: [{ id: 'g', bus: 'd', pMw: 15, vmPu: 1.01 }],
    switches: [{ id: 'open', bus: 'd', element: 'de', elementKind: 'line', closed: false }],
  };
}

/** Two sources on either side of a transformer that turns by 150 degrees, and a line to the other one. */
function opposed(): Network {
  const net = mesh();
  return {
    ...{ name: 'opposed', baseMva: 100, frequencyHz: 50 },
    buses: ['a', 'b', 'c'].map((id) => ({ id, nominalKv: 110 })),
    sources: ['a', 'c'].map((bus) => ({ id: bus, bus, vmPu: 1 })),
    lines: [{ ...net.lines![0]!, id: 'bc', from: 'b', to: 'c' }],
    branches: [{ ...net.branches![0]!, from: 'a', to: 'b', bPu: 0, ratio: 1, shiftDegree: 150 }],
    loads: [{ id: 'b', bus: 'b', pMw: 12, qMvar: 4 }],
  };
}

/** The same network solved from nothing with the branch out of service. */
function without(network: Network, id: string): ReturnType<typeof solvePowerFlow> {
  const out = <T extends { id: string }>(rows: T[] = []): T[] =>
    rows.map((row) => (row.id === id ? { ...row, inService: false } : row));
  return solvePowerFlow({
    ...network,
    ...{
      lines: out(network.lines),
      branches: out(network.branches),
      transformers: out(network.transformers),
    },
  });
}

function assertSame(network: Network): void {
  const study = new Contingencies(network);
  study.branches.forEach((_, at) => {
    const found = study.solve(at);
    const expected = without(network, found.id);
    assert.equal(found.converged, expected.converged, `${found.id}: ${found.reason ?? ''}`);
    if (!found.converged) return;
    assert.deepEqual([...found.lost].sort(), [...expected.unsupplied].sort(), found.id);
    const voltages = expected.buses.map(({ vmPu }) => vmPu);
    assert.ok(Math.abs(found.lowPu - Math.min(...voltages)) < 1e-8, `${found.id} ${found.lowPu}`);
    assert.ok(Math.abs(found.highPu - Math.max(...voltages)) < 1e-8, found.id);
    const loadings = expected.branches.flatMap(({ loadingPercent }) => loadingPercent ?? []);
    if (loadings.length > 0)
      assert.ok(Math.abs(found.loadingPercent - Math.max(...loadings)) < 1e-5, found.id);
  });
  // The network is as it was.
  assert.deepEqual(study.solve(0), new Contingencies(network).solve(0));
}

describe('contingencies', () => {
  it('judge what is left by its own solution without load, not by that of the whole', async () => {
    // A generator that was left at the far side by the voltages of the file, where a transformer turns between sources.
    const bus = (
      id: string,
      nominalKv: number,
      vmPu: number,
      vaDegree: number,
    ): Network['buses'][number] => ({
      ...{ id, nominalKv, vmPu, vaDegree },
    });
    const line = (
      id: string,
      [lengthKm, rOhmPerKm, xOhmPerKm]: [number, number, number],
    ): NonNullable<Network['lines']>[number] => ({
      ...{ id, from: id.charAt(0), to: id.charAt(1), lengthKm, rOhmPerKm, xOhmPerKm, cNfPerKm: 0 },
    });
    const network: Network = {
      ...{ name: 'turned', baseMva: 1 },
      buses: [
        bus('0', 110, 1.02, 0),
        bus('1', 110, 0.984214797862302, 0.233323073977975),
        bus('2', 110, 1.01, 0),
        bus('3', 20, 0.899012807452888, 24.88676091310262),
        bus('4', 20, 0.606758572793999, 14.035163984121604),
        bus('5', 20, 1, -5),
        bus('g', 20, 1.01, -145.66130763462053),
      ],
      sources: [
        { id: '0', bus: '0', vmPu: 1.02 },
        { id: '5', bus: '5', vmPu: 1, vaDegree: -5 },
      ],
      lines: [
        ...[line('01', [20, 0.27, 0.26]), line('12', [15, 0.27, 0.25]), line('02', [30, 0.22, 0.38])],
        ...[line('34', [2.3, 0.19, 0.39]), line('45', [3.6, 0.1, 0.43])],
      ],
      transformers: [
        {
          ...{
            id: 't',
            hv: '1',
            lv: '3',
            hvKv: 110,
            lvKv: 20,
            ratedMva: 36,
            vkPercent: 7.7,
            vkrPercent: 0.6,
          },
          ...{ noLoadCurrentPercent: 0, ironLossKw: 0, shiftDegree: 330, parallel: 2 },
        },
      ],
      branches: [{ id: 'g', from: '4', to: 'g', rPu: 0.001, xPu: 0.0075 }],
      loads: [],
      generators: [{ id: 'g', bus: 'g', pMw: 0, vmPu: 1.01 }],
    };
    const { base, contingencies } = await runContingencies(network);
    assert.equal(base.doubtful, undefined);
    for (const { id, lowPu } of contingencies) {
      const least = Math.min(...without(network, id).buses.map(({ vmPu }) => vmPu));
      assert.ok(Math.abs(lowPu - least) < 1e-8, `${id}: ${lowPu} instead of ${least}`);
    }
  });

  it('begin at the angles of the network that is left, and say where voltages are far from nominal', async () => {
    const { base, contingencies } = await runContingencies(opposed());
    assert.equal(base.doubtful, true);
    for (const { id, converged, doubtful, lowPu } of contingencies) {
      const fresh = without(opposed(), id);
      assert.deepEqual([converged, doubtful, fresh.converged], [true, undefined, true], id);
      const least = Math.min(...fresh.buses.map(({ vmPu }) => vmPu));
      assert.ok(Math.abs(lowPu - least) < 1e-8, `${id}: ${lowPu} instead of ${least}`);
    }
  });

  it('give what each network without the branch gives', () => {
    assertSame(mesh());
    assertSame(BUILT_IN_NETWORKS['cigre-mv']());
    assertSame(BUILT_IN_NETWORKS.ieee13());
  });

  for (const [from, to] of [
    ['b', 'c'],
    ['a', 'b'],
  ] as const) {
    it(`do so where the branch from ${from} to ${to} has next to no impedance, and another beside it much`, () => {
      const network: Network = {
        name: 'coupler',
        baseMva: 100,
        buses: ['a', 'b', 'c'].map((id) => ({ id, nominalKv: 110 })),
        sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
        branches: [
          { id: 'coupler', from, to, rPu: 0, xPu: 1e-11 },
          { id: 'ab', from: 'a', to: 'b', rPu: 0.01, xPu: 0.1 },
          { id: 'bc', from: 'c', to: 'b', rPu: 0.01, xPu: 0.3 },
        ],
        loads: [{ id: 'c', bus: 'c', pMw: 50, qMvar: 20 }],
      };
      const exact = Math.min(...without(network, 'coupler').buses.map(({ vmPu }) => vmPu));
      assert.ok(Math.abs(new Contingencies(network).solve(0).lowPu - exact) < 1e-9);
    });
  }

  it('do so for random shifts and ratios, with a branch between two sources', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (shift) => assertSame(mesh(shift))),
      { numRuns: 20 },
    );
  });

  it('name what loses its supply, how much load that is, what overloads, and what leaves its band', async () => {
    const network = mesh();
    network.lines![0]!.maxKa = 0.02;
    const { contingencies, base } = await runContingencies(network, { minPu: 1.0, overloadPercent: 90 });
    const stub = contingencies.find(({ id }) => id === 'c-stub')!;
    assert.deepEqual([stub.converged, stub.lost, stub.lostMw], [true, ['stub', 'beyond'], 24]);
    const parallel = contingencies.find(({ id }) => id === 'ab2')!;
    assert.equal(parallel.overloads[0]?.id, 'ab');
    assert.ok(parallel.overloads[0].percent > 100 && parallel.overloadCount === parallel.overloads.length);
    assert.ok(parallel.voltageCount > 0 && parallel.voltages.every(({ vmPu }) => vmPu < 1));
    assert.ok(base.loadingPercent > 0);
    assert.equal(contingencies.length, 9);
  });

  it('report progress, and stop when they are asked to', async () => {
    const seen: number[] = [];
    await runContingencies(mesh(), { onProgress: (done, total) => seen.push(done / total) });
    assert.equal(seen.at(-1), 1);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(runContingencies(mesh(), { signal: controller.signal }), {
      code: 'GRID_STUDY_CANCELLED',
    });
  });

  it('refuse a network without a solution', async () => {
    const network = mesh();
    network.loads![0]!.pMw = 1e6;
    await assert.rejects(runContingencies(network), { code: 'GRID_STUDY_IMPOSSIBLE' });
  });
});
