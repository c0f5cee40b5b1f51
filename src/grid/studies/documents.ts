import type { ContingencyResult } from './contingencies.js';
import type { SeriesResult } from './series-result.js';

/** The results of studies as plain JSON, in the words of PowerGrid's messages. */

/** A year in steps of an hour, as columns; null where a step has no solution or nothing is rated. */
export interface SeriesDocument {
  study: 'series';
  steps: number;
  failed: number;
  reason?: string;
  converged: boolean[];
  /** Solutions that may not be those that the network runs at. */
  doubtful: boolean[];
  low_pu: (number | null)[];
  low_bus: (string | null)[];
  high_pu: (number | null)[];
  high_bus: (string | null)[];
  loading_percent: (number | null)[];
  loading_branch: (string | null)[];
  losses_MW: (number | null)[];
  source_MW: (number | null)[];
}

export interface ContingencyDocument {
  study: 'contingencies';
  base: Extremes;
  contingencies: {
    id: string;
    kind: string;
    converged: boolean;
    reason?: string;
    lost: string[];
    lost_MW: number;
    overloads: { id: string; percent: number }[];
    overload_count: number;
    voltages: { id: string; vm_pu: number }[];
    voltage_count: number;
    low_pu: number | null;
    high_pu: number | null;
    loading_percent: number | null;
    doubtful?: true;
  }[];
}

interface Extremes {
  low_pu: number | null;
  high_pu: number | null;
  loading_percent: number | null;
  /** Present where the solution may not be the one that the network runs at. */
  doubtful?: true;
}

export type StudyDocument = SeriesDocument | ContingencyDocument;

export function seriesDocument(result: SeriesResult): SeriesDocument {
  const numbers = (values: Float64Array): (number | null)[] => Array.from(values, orNull);
  const names = (places: Int32Array, list: readonly string[]): (string | null)[] =>
    Array.from(places, (place) => list[place] ?? null);
  return {
    ...{ study: 'series', steps: result.steps, failed: result.failed },
    ...(result.reason !== undefined && { reason: result.reason }),
    converged: Array.from(result.converged, (one) => one === 1),
    doubtful: Array.from(result.doubtful, (one) => one === 1),
    ...{ low_pu: numbers(result.lowPu), low_bus: names(result.lowBus, result.buses) },
    ...{ high_pu: numbers(result.highPu), high_bus: names(result.highBus, result.buses) },
    loading_percent: numbers(result.loadingPercent),
    loading_branch: names(result.loadingBranch, result.branches),
    ...{ losses_MW: numbers(result.lossesMw), source_MW: numbers(result.sourceMw) },
  };
}

export function contingenciesDocument(
  study: 'contingencies',
  { base, contingencies }: ContingencyResult,
): ContingencyDocument {
  return {
    study,
    base: extremes(base),
    contingencies: contingencies.map((one) => ({
      ...{
        id: one.id,
        kind: one.kind,
        converged: one.converged,
        ...(one.reason !== undefined && { reason: one.reason }),
      },
      ...{ lost: one.lost, lost_MW: one.lostMw },
      ...{ overloads: one.overloads, overload_count: one.overloadCount },
      voltages: one.voltages.map(({ id, vmPu }) => ({ id, vm_pu: vmPu })),
      voltage_count: one.voltageCount,
      ...extremes(one),
    })),
  };
}

function extremes(one: { lowPu: number; highPu: number; loadingPercent: number; doubtful?: true }): Extremes {
  return {
    low_pu: orNull(one.lowPu),
    high_pu: orNull(one.highPu),
    loading_percent: orNull(one.loadingPercent),
    ...(one.doubtful === true && { doubtful: true }),
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
