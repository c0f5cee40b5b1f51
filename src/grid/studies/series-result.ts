import type { Network } from '../network/network.js';

/** Figures per step, as columns. Buses and branches are numbers in `buses` and `branches`; -1 for none. */
export interface SeriesResult {
  steps: number;
  buses: string[];
  branches: string[];
  converged: Uint8Array;
  /** 1 where the voltages are far from nominal and no start led to better ones: it may be another solution that counts. */
  doubtful: Uint8Array;
  iterations: Uint8Array;
  lowPu: Float64Array;
  lowBus: Int32Array;
  highPu: Float64Array;
  highBus: Int32Array;
  loadingPercent: Float64Array;
  loadingBranch: Int32Array;
  lossesMw: Float64Array;
  /** What all sources together deliver. */
  sourceMw: Float64Array;
  /** Steps without a solution, and why the first has none. */
  failed: number;
  reason?: string;
}

export function emptyResult(network: Network, steps: number): SeriesResult {
  const numbers = (): Float64Array => new Float64Array(steps);
  const places = (): Int32Array => new Int32Array(steps);
  return {
    steps,
    buses: network.buses.map(({ id }) => id),
    branches: [...(network.lines ?? []), ...(network.transformers ?? []), ...(network.branches ?? [])].map(
      ({ id }) => id,
    ),
    ...{ converged: new Uint8Array(steps), iterations: new Uint8Array(steps) },
    doubtful: new Uint8Array(steps),
    ...{ lowPu: numbers(), lowBus: places(), highPu: numbers(), highBus: places() },
    ...{ loadingPercent: numbers(), loadingBranch: places(), lossesMw: numbers(), sourceMw: numbers() },
    failed: 0,
  };
}
