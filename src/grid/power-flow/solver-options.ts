import { GridwireError } from '../../errors.js';
import type { NewtonOptions } from './newton-iteration.js';
import { assertStart, type Start } from './outcome.js';

export interface PowerFlowOptions extends NewtonOptions {
  /** Default `newton-raphson`; `sweep` is for radial networks. */
  method?: 'newton-raphson' | 'sweep';
  /** Let generators give up their voltage at their reactive limits; default false. Newton-Raphson only. */
  reactiveLimits?: boolean;
  /** Where a solution begins unless `solve` says otherwise; default `auto`. */
  start?: Start;
}

/** More than any network needs, and few enough that an iteration without end does not stop everything else. */
const MOST_ITERATIONS = 1000;

/** Voltages of a solution with a larger mismatch would mean nothing. */
const COARSEST_PU = 0.1;

/** @throws GridwireError GRID_SETTING_INVALID naming the option and what it may be */
export function checkSolverOptions(options: PowerFlowOptions): void {
  const { method, start, tolerancePu, maximumIterations } = options;
  if (method !== undefined && !['newton-raphson', 'sweep'].includes(method)) {
    throw wrong('method', 'must be "newton-raphson" or "sweep"', method);
  }
  if (start !== undefined) assertStart(start);
  if (tolerancePu !== undefined && !(tolerancePu > 0 && tolerancePu <= COARSEST_PU)) {
    throw wrong('tolerancePu', `must be a number greater than 0 and at most ${COARSEST_PU}`, tolerancePu);
  }
  if (
    maximumIterations !== undefined &&
    !(Number.isInteger(maximumIterations) && maximumIterations > 0 && maximumIterations <= MOST_ITERATIONS)
  ) {
    throw wrong(
      'maximumIterations',
      `must be a whole number from 1 to ${MOST_ITERATIONS}`,
      maximumIterations,
    );
  }
  for (const key of ['reactiveLimits', 'keepFactors'] as const) {
    const value: unknown = options[key];
    if (value !== undefined && typeof value !== 'boolean') throw wrong(key, 'must be true or false', value);
  }
}

function wrong(option: string, expected: string, found: unknown): GridwireError {
  const shown = JSON.stringify(found).slice(0, 60);
  return new GridwireError('GRID_SETTING_INVALID', `powerFlow.${option} ${expected}, found ${shown}.`, {
    details: { option, found: shown },
  });
}
