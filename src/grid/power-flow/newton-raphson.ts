/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import { SLACK, type PerUnitNetwork } from '../network/per-unit.js';
import { factorise, substituteBack, substituteForward } from './block-lu.js';
import { HOPELESS_MISMATCH, type Failure, type Outcome, type Solver, type Start } from './outcome.js';
import { PowerEquations } from './power-equations.js';

export interface NewtonOptions {
  /** Largest power mismatch of a solution, per unit; default 1e-8. */
  tolerancePu?: number;
  /** Default 30; from a flat start 3 to 6 are usual. */
  maximumIterations?: number;
  /**
   * On a warm start, use the factors of the last solution again for as long as they reduce the mismatch well.
   * Pays for small changes between solutions, not for large ones.
   */
  keepFactors?: boolean;
}

/** With kept factors, a step that leaves more than this part of the mismatch asks for new factors. */
const GOOD_CONTRACTION = 0.15;

/** Mismatch below which a solution cannot become better. */
const ROUNDING = 1e-12;

/**
 * Newton-Raphson power flow in polar coordinates on one network, for many solutions: ordering and symbolic
 * factorisation happen once in the constructor, and solving allocates nothing but its small outcome.
 *
 * Reads schedules and set-points from the network's arrays at each solution; the result is in `vm` and `va`.
 */
export class NewtonRaphson implements Solver {
  /** Voltage magnitude (pu) and angle (radians) per node. Meaningful only after a solution that converged. */
  readonly vm: Float64Array;
  readonly va: Float64Array;
  private readonly equations: PowerEquations;
  private readonly values: Float64Array;
  private readonly rhs: Float64Array;
  private readonly tolerance: number;
  private readonly maximumIterations: number;
  private readonly keepFactors: boolean;
  private readonly unsupplied: number[];
  private hasSolution = false;

  constructor(
    private readonly grid: PerUnitNetwork,
    options: NewtonOptions = {},
  ) {
    this.tolerance = options.tolerancePu ?? 1e-8;
    this.maximumIterations = options.maximumIterations ?? 30;
    this.keepFactors = options.keepFactors ?? false;
    this.vm = new Float64Array(grid.nodeCount);
    this.va = new Float64Array(grid.nodeCount);
    this.unsupplied = [...grid.slackOf.keys()].filter((node) => grid.slackOf[node]! < 0);
    this.equations = new PowerEquations(grid);
    this.values = new Float64Array(this.equations.symbolic.valueCount);
    this.rhs = new Float64Array(2 * this.equations.symbolic.size);
  }

  /**
   * @param kind kind per node, where it differs from the network's because a reactive limit is reached
   * @param q reactive schedule per node, likewise
   */
  solve(start: Start = 'flat', kind = this.grid.kind, q = this.grid.q): Outcome {
    if (this.unsupplied.length > 0) {
      return this.giveUp(0, NaN, { reason: 'island', nodes: this.unsupplied });
    }
    const warm = start === 'warm' && this.hasSolution;
    this.equations.load(kind, q);
    this.startFrom(warm);
    return this.iterate(warm && this.keepFactors);
  }

  private iterate(haveFactors: boolean): Outcome {
    const { equations, values, rhs, tolerance } = this;
    let previous = Infinity;
    for (let iterations = 0; ; iterations++) {
      const mismatch = equations.mismatch(rhs);
      if (Number.isNaN(mismatch)) return this.giveUp(iterations, mismatch, { reason: 'not-a-number' });
      if (mismatch <= tolerance) {
        return this.accept(iterations, iterations > 0 && mismatch > ROUNDING ? this.refine() : mismatch);
      }
      if (mismatch > HOPELESS_MISMATCH) return this.giveUp(iterations, mismatch, { reason: 'diverged' });
      if (iterations >= this.maximumIterations) {
        return this.giveUp(iterations, mismatch, { reason: 'iteration-limit' });
      }
      if (haveFactors && mismatch <= GOOD_CONTRACTION * previous) {
        substituteForward(equations.symbolic, values, rhs);
      } else {
        haveFactors = this.keepFactors;
        equations.jacobian(values);
        const place = factorise(equations.symbolic, values, rhs);
        if (place >= 0) {
          return this.giveUp(iterations, mismatch, { reason: 'singular', node: equations.nodeOf[place]! });
        }
      }
      substituteBack(equations.symbolic, values, rhs);
      this.step();
      previous = mismatch;
    }
  }

  /**
   * One more correction with the factors at hand, which takes the error from the tolerance to rounding for a fraction
   * of an iteration. Losses and loadings, small differences of large numbers, need it.
   */
  private refine(): number {
    const { equations, values, rhs } = this;
    substituteForward(equations.symbolic, values, rhs);
    substituteBack(equations.symbolic, values, rhs);
    this.step();
    return equations.mismatch(rhs);
  }

  private startFrom(warm: boolean): void {
    const { grid, vm, va, equations } = this;
    for (let node = 0; node < grid.nodeCount; node++) {
      if (warm && grid.kind[node] !== SLACK) continue;
      vm[node] = grid.vmSet[node]!;
      va[node] = grid.vaSet[node]!;
    }
    for (let place = 0; place < equations.nodeOf.length; place++) {
      const node = equations.nodeOf[place]!;
      const magnitude = equations.free[place] === 0 ? grid.vmSet[node]! : vm[node]!;
      equations.vm[place] = magnitude;
      equations.va[place] = va[node]!;
      equations.real[place] = magnitude * Math.cos(va[node]!);
      equations.imaginary[place] = magnitude * Math.sin(va[node]!);
    }
  }

  /** Applies the solved corrections. A magnitude below zero is the same phasor turned by half a circle. */
  private step(): void {
    const { vm, va, real, imaginary } = this.equations;
    for (let place = 0; place < vm.length; place++) {
      let magnitude = vm[place]! * (1 + this.rhs[2 * place + 1]!);
      let angle = va[place]! + this.rhs[2 * place]!;
      if (magnitude < 0) {
        magnitude = -magnitude;
        angle += Math.PI;
      }
      vm[place] = magnitude;
      va[place] = angle;
      real[place] = magnitude * Math.cos(angle);
      imaginary[place] = magnitude * Math.sin(angle);
    }
  }

  private accept(iterations: number, mismatchPu: number): Outcome {
    const { equations } = this;
    for (let place = 0; place < equations.nodeOf.length; place++) {
      this.vm[equations.nodeOf[place]!] = equations.vm[place]!;
      this.va[equations.nodeOf[place]!] = equations.va[place]!;
    }
    this.hasSolution = true;
    return { converged: true, iterations, mismatchPu };
  }

  private giveUp(iterations: number, mismatchPu: number, failure: Failure): Outcome {
    this.hasSolution = false;
    return { converged: false, iterations, mismatchPu, failure };
  }
}
