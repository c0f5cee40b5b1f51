import { PQ, PV, type PerUnitNetwork } from '../network/per-unit-network.js';
import { scheduledAt } from '../network/injections.js';
import { nodeInjections } from './flows.js';
import type { NewtonRaphson } from './newton-raphson.js';
import type { Outcome, Solver, Start } from './outcome.js';

/** Rounds of switching; two or three are usual. More than this means that nodes swing to and fro. */
const MAXIMUM_ROUNDS = 20;

/** Smaller excesses are rounding, not limits. */
const TOLERANCE = 1e-7;

/**
 * Power flow with reactive limits: a generator that would exceed its limit gives the limit and lets its voltage go
 * (PV becomes PQ); it takes hold again when the voltage would let it back inside.
 */
export class ReactiveLimits implements Solver {
  readonly vm: Float64Array;
  readonly va: Float64Array;
  /** Kind per node of the last solution. */
  readonly kind: Uint8Array;
  private readonly q: Float64Array;
  private readonly injected: Float64Array;

  constructor(
    private readonly grid: PerUnitNetwork,
    private readonly solver: NewtonRaphson,
  ) {
    this.vm = solver.vm;
    this.va = solver.va;
    this.kind = Uint8Array.from(grid.kind);
    this.q = Float64Array.from(grid.q);
    this.injected = new Float64Array(2 * grid.nodeCount);
  }

  solve(start: Start = 'auto'): Outcome {
    this.kind.set(this.grid.kind);
    this.q.set(this.grid.q);
    let outcome = this.solver.solve(start, this.kind, this.q);
    for (let round = 0; outcome.converged && this.switchKinds(); round++) {
      if (round === MAXIMUM_ROUNDS) {
        const node = this.kind.findIndex((kind, index) => kind !== this.grid.kind[index]);
        return { ...outcome, converged: false, failure: { reason: 'iteration-limit', node } };
      }
      const next = this.solver.solve('warm', this.kind, this.q);
      outcome = { ...next, iterations: outcome.iterations + next.iterations };
    }
    return outcome;
  }

  /** Fixes what is beyond its limit and releases what the voltage allows; true when anything changed. */
  private switchKinds(): boolean {
    nodeInjections(this.grid, this.vm, this.va, this.injected);
    let changed = false;
    this.grid.kind.forEach((kind, node) => {
      if (kind !== PV || (this.grid.slackOf[node] ?? -1) < 0) return;
      const load = scheduledAt(this.grid, node, this.vm[node] ?? 1).q;
      const minimum = load + (this.grid.qMin[node] ?? -Infinity);
      const maximum = load + (this.grid.qMax[node] ?? Infinity);
      const q = this.injected[2 * node + 1] ?? 0;
      const vm = this.vm[node] ?? 1;
      const set = this.grid.vmSet[node] ?? 1;
      if (this.kind[node] === PV) {
        if (q >= minimum - TOLERANCE && q <= maximum + TOLERANCE) return;
        this.q[node] = q < minimum ? minimum : maximum;
        this.kind[node] = PQ;
      } else {
        const atMaximum = this.q[node] === maximum;
        // At the upper limit a voltage above the set-point shows that less would do, and the other way round.
        if (atMaximum ? vm <= set + TOLERANCE : vm >= set - TOLERANCE) return;
        this.kind[node] = PV;
      }
      changed = true;
    });
    return changed;
  }
}
