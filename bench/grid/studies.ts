import type { Network } from '../../src/grid/network/network.js';
import { Contingencies } from '../../src/grid/studies/contingencies.js';
import { Series } from '../../src/grid/studies/series.js';

/** A year in steps of an hour. */
const STEPS = 8760;

/** One pass of the study over, and how many power flows it is. */
export interface Study {
  flows: number;
  run: () => void;
}

/** Every branch out in turn, with everything that is reported of it. */
export function contingencies(network: Network): Study {
  const study = new Contingencies(network);
  return {
    flows: study.branches.length,
    run: () => {
      study.branches.forEach((_, at) => study.solve(at));
    },
  };
}

/** A year in which every load changes by up to 3 % from step to step. */
export function year(network: Network): Study {
  const values = (base: number, load: number): number[] =>
    Array.from({ length: STEPS }, (_, step) => base * (1 + 0.03 * Math.sin(step + load)));
  const profiles = (network.loads ?? []).map(({ id, pMw, qMvar }, load) => ({
    ...{ table: 'loads' as const, id, pMw: values(pMw, load), qMvar: values(qMvar, load) },
  }));
  const series = new Series(network, { steps: STEPS, profiles });
  return {
    flows: STEPS,
    run: () => {
      for (let step = 0; step < STEPS; step++) series.solve(step);
      if (series.result.failed > 0) throw new Error('a step has no solution');
    },
  };
}

/** Power flows per second, once the study is compiled. */
export function studyRate({ flows, run }: Study, seconds: number): number {
  run();
  const start = performance.now();
  let count = 0;
  while (performance.now() < start + seconds * 1000) {
    run();
    count += flows;
  }
  return count / ((performance.now() - start) / 1000);
}
