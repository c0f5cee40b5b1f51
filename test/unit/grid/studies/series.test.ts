import assert from 'node:assert/strict';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/built-in/built-in.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { seriesDocument } from '../../../../src/grid/studies/documents.js';
import { runSeries } from '../../../../src/grid/studies/series.js';
import type { Profile } from '../../../../src/grid/studies/series-input.js';

const STEPS = 24;

function day(scale: number): number[] {
  return Array.from({ length: STEPS }, (_, hour) => scale * (1 + Math.sin((hour / STEPS) * 2 * Math.PI)));
}

function network(): Network {
  const one = BUILT_IN_NETWORKS['cigre-mv-all-der']();
  one.loads![2] = {
    ...one.loads![2]!,
    currentPartP: 0.3,
    impedancePartP: 0.2,
    currentPartQ: 0,
    impedancePartQ: 0.5,
  };
  return one;
}

describe('series', () => {
  it('tell steps whose voltages are far from nominal, where no start leads to better ones', async () => {
    // A line between two sources whose angles are half a circle apart: at its middle there is hardly any voltage.
    const line = { lengthKm: 20, rOhmPerKm: 0.1, xOhmPerKm: 0.4, cNfPerKm: 0 };
    const apart: Network = {
      ...{ name: 'apart', baseMva: 100 },
      buses: ['a', 'b', 'c'].map((id) => ({ id, nominalKv: 110 })),
      sources: [
        { id: 'a', bus: 'a', vmPu: 1 },
        { id: 'c', bus: 'c', vmPu: 1, vaDegree: 170 },
      ],
      lines: [
        { ...line, id: 'ab', from: 'a', to: 'b' },
        { ...line, id: 'bc', from: 'b', to: 'c' },
      ],
      loads: [{ id: 'load', bus: 'b', pMw: 1, qMvar: 0 }],
    };
    const result = await runSeries(apart, { steps: 2, loadFactor: [0, 1] });
    assert.deepEqual(
      [[...result.converged], [...result.doubtful]],
      [
        [1, 1],
        [1, 1],
      ],
    );
    assert.deepEqual(seriesDocument(result).doubtful, [true, true]);
    const usual = await runSeries(network(), { steps: 2 });
    assert.deepEqual([...usual.doubtful], [0, 0]);
  });

  it('give what each step alone gives', async () => {
    const base = network();
    const load = base.loads![0]!;
    const plant = base.staticGenerators![0]!;
    const battery = base.storages![0]!;
    const profiles: Profile[] = [
      { table: 'loads', id: load.id, pMw: day(0.4), qMvar: day(0.1) },
      { table: 'staticGenerators', id: plant.id, pMw: day(0.02) },
      { table: 'storages', id: battery.id, pMw: day(-0.3) },
    ];
    const loadFactor = day(0.5);
    const result = await runSeries(base, { steps: STEPS, profiles, loadFactor });
    assert.equal(result.failed, 0, result.reason);
    for (let step = 0; step < STEPS; step++) {
      const single = network();
      Object.assign(single.loads![0]!, { pMw: profiles[0]!.pMw![step], qMvar: profiles[0]!.qMvar![step] });
      Object.assign(single.staticGenerators![0]!, { pMw: profiles[1]!.pMw![step] });
      Object.assign(single.storages![0]!, { pMw: profiles[2]!.pMw![step] });
      for (const one of single.loads!) one.scaling = (one.scaling ?? 1) * loadFactor[step]!;
      const expected = solvePowerFlow(single);
      const voltages = expected.buses.map(({ vmPu }) => vmPu);
      assert.ok(Math.abs(result.lowPu[step]! - Math.min(...voltages)) < 1e-8, `step ${step}`);
      assert.equal(
        expected.buses.find(({ id }) => id === result.buses[result.lowBus[step]!])?.vmPu,
        Math.min(...voltages),
      );
      assert.ok(Math.abs(result.lossesMw[step]! - expected.losses.pMw) < 1e-7);
      assert.ok(Math.abs(result.sourceMw[step]! - expected.sources[0]!.pMw) < 1e-6);
      const loading = Math.max(...expected.branches.map(({ loadingPercent = 0 }) => loadingPercent));
      assert.ok(Math.abs(result.loadingPercent[step]! - loading) < 1e-5);
    }
  });

  it('go on after a step without a solution, and say which it was', async () => {
    const loadFactor = day(0.5);
    loadFactor[7] = 1000;
    const result = await runSeries(network(), { steps: STEPS, loadFactor });
    assert.equal(result.failed, 1);
    assert.match(result.reason ?? '', /^step 7: .*load may exceed/);
    assert.deepEqual([result.converged[7], result.converged[8], Number.isNaN(result.lowPu[7])], [0, 1, true]);
  });

  it('report progress and stop when they are asked to', async () => {
    const controller = new AbortController();
    const steps = 50_000;
    const run = runSeries(
      network(),
      { steps },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await assert.rejects(run, { code: 'GRID_STUDY_CANCELLED', message: /after \d+ of 50000/ });
  });

  const REFUSED: [string, Parameters<typeof runSeries>[1], RegExp][] = [
    ['no steps', { steps: 0 }, /steps must be a whole number from 1 to/],
    ['too many steps', { steps: 1e9 }, /steps must be a whole number from 1 to/],
    ['a factor too few', { steps: 3, loadFactor: [1, 2] }, /loadFactor must hold 3 numbers/],
    [
      'a factor that is no number',
      { steps: 1, loadFactor: [NaN] },
      /loadFactor: step 0 must be a finite number/,
    ],
    [
      'an unknown element',
      { steps: 1, profiles: [{ table: 'loads', id: 'x', pMw: [1] }] },
      /loads "x": the network has no/,
    ],
    [
      'an unknown table',
      { steps: 1, profiles: [{ table: 'buses' as 'loads', id: 'x' }] },
      /table must be one of loads/,
    ],
    [
      'a profile for a load that follows the voltage',
      { steps: 1, profiles: [{ table: 'loads', id: network().loads![2]!.id, pMw: [1] }] },
      /the load follows the voltage; only loadFactor/,
    ],
  ];
  it('refuse a profile for a load of which only the reactive power follows the voltage', async () => {
    const own = network();
    Object.assign(own.loads![0]!, { currentPartQ: 0.5 });
    const profiles = [{ table: 'loads' as const, id: own.loads![0]!.id, pMw: [1] }];
    await assert.rejects(runSeries(own, { steps: 1, profiles }), /the load follows the voltage/);
  });

  for (const [what, input, message] of REFUSED) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(runSeries(network(), input), { code: 'GRID_SETTING_INVALID', message });
    });
  }
});
