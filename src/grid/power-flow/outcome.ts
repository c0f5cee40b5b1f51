/** Why there is no solution. */
export type Failure =
  | { reason: 'island'; nodes: readonly number[] }
  | { reason: 'singular'; node: number }
  | { reason: 'not-a-number' }
  | { reason: 'diverged' }
  | { reason: 'iteration-limit' };

/** How one power flow ended. */
export interface Outcome {
  converged: boolean;
  iterations: number;
  /** Largest remaining power mismatch, per unit. */
  mismatchPu: number;
  /** Present exactly when it did not converge. */
  failure?: Failure;
}

/** `flat`: 1 pu at the source's angle; `warm`: the last solution, flat when there is none. */
export type Start = 'flat' | 'warm';

/** What every method offers: voltages by node that hold after a solution that converged. */
export interface Solver {
  /** Voltage magnitude, pu, and angle, radians. */
  readonly vm: Float64Array;
  readonly va: Float64Array;
  /** Solves for the present schedules. Never throws and always ends: no convergence is an outcome. */
  solve(start?: Start): Outcome;
}

/** Beyond this mismatch no power system works; the iteration would only run into overflow. */
export const HOPELESS_MISMATCH = 1e12;
