import { GridwireError } from '../../errors.js';

/** Why there is no solution. Places are nodes of the network. */
export type Failure =
  | { reason: 'island'; nodes: readonly number[] }
  | { reason: 'singular'; node: number }
  | { reason: 'not-a-number'; node: number }
  | { reason: 'diverged'; node: number }
  | { reason: 'stagnated'; node: number }
  | { reason: 'iteration-limit'; node: number }
  /** Whoever worked it out elsewhere was stopped. */
  | { reason: 'stopped' };

/** How one power flow ended. */
export interface Outcome {
  converged: boolean;
  iterations: number;
  /** Largest remaining power mismatch, per unit. */
  mismatchPu: number;
  /** The start that this came from. */
  start?: Exclude<Start, 'auto'>;
  /** Present and true when the mismatch is above the tolerance but as small as the precision of numbers allows. */
  limitedByRounding?: boolean;
  /** Present and true when the voltages are far from nominal, and no other start led to better ones. */
  doubtful?: boolean;
  /** Present exactly when it did not converge. */
  failure?: Failure;
}

/**
 * Where the iteration begins. `case`: the voltages of the file; `flat`: 1 pu at the angle without load; `dc`: angles
 * and magnitudes of the linear power flow; `warm`: the last solution; `level`: every angle that of the source; `gradual`: the
 * solution without power, followed while power grows. `auto` takes the first of case, flat, dc, level and gradual that
 * leads to a solution; where there is no last solution, `warm` is `auto`.
 */
export type Start = (typeof STARTS)[number];
const STARTS = ['auto', 'case', 'flat', 'dc', 'warm', 'level', 'gradual'] as const;

/** @throws GridwireError GRID_SETTING_INVALID for anything else */
export function assertStart(start: Start): void {
  if (STARTS.includes(start)) return;
  throw new GridwireError('GRID_SETTING_INVALID', `The start must be one of ${STARTS.join(', ')}.`);
}

/** What every method offers: voltages by node that hold after a solution that converged. */
export interface Solver {
  /** Voltage magnitude, pu, and angle, radians. Not numbers at nodes that no source reaches. */
  readonly vm: Float64Array;
  readonly va: Float64Array;
  /** Solves for the present schedules. Never throws and always ends: no convergence is an outcome. */
  solve(start?: Start): Outcome;
}

/** Beyond this mismatch no power system works; the iteration would only run into overflow. */
export const HOPELESS_MISMATCH = 1e12;
