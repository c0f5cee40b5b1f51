/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import { LinearStep } from './linear-step.js';
import { magnitudes } from './magnitudes.js';
import { HOPELESS_MISMATCH, type Failure, type Outcome } from './outcome.js';
import type { PowerEquations } from './power-equations.js';

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

/** A step that leaves more than this part of the squared mismatch is looked at: are its factors good? */
const POOR_STEP = 0.25;

/** Shortest part of a step that is tried. */
const SHORTEST_STEP = 1e-3;

/** Mismatch below which a solution is not made better: in large networks, the rounding of its sums is not far below. */
const ROUNDING = 1e-11;

/** Corrections with the factors at hand that take a solution from the tolerance to rounding. */
const REFINEMENTS = 2;

/** Rounding adds up: so many times the precision of the sum's parts is as good as it gets. */
const ROUNDING_UNITS = 32 * Number.EPSILON;

/** The Newton iteration itself: from the voltages that the equations hold to a solution, or to a reason why not. */
export class NewtonIteration {
  private readonly linear: LinearStep;
  /** The mismatch at the present voltage, and the step that led there. */
  private rhs: Float64Array;
  private delta: Float64Array;
  private hasFactorised = false;
  private readonly last: Record<'vm' | 'va' | 'real' | 'imaginary', Float64Array>;
  private readonly tolerance: number;
  private readonly maximumIterations: number;
  private readonly keepFactors: boolean;

  constructor(
    private readonly equations: PowerEquations,
    options: NewtonOptions,
  ) {
    this.tolerance = options.tolerancePu ?? 1e-8;
    this.maximumIterations = options.maximumIterations ?? 30;
    this.keepFactors = options.keepFactors ?? false;
    this.linear = new LinearStep(equations);
    const { size } = equations.symbolic;
    this.rhs = new Float64Array(2 * size);
    this.delta = new Float64Array(2 * size);
    const one = (): Float64Array => new Float64Array(size);
    this.last = { vm: one(), va: one(), real: one(), imaginary: one() };
  }

  /**
   * @param haveFactors the factors of the last run may serve while they reduce the mismatch well
   * @param careful steps that make the mismatch worse are shortened
   */
  run(haveFactors: boolean, careful: boolean): Outcome {
    const { equations, linear, tolerance } = this;
    this.hasFactorised = false;
    let previous = Infinity;
    let best = Infinity;
    let idle = 0;
    let mismatch = equations.mismatch(this.rhs);
    for (let iterations = 0; ; iterations++) {
      if (Number.isNaN(mismatch)) return this.giveUp(iterations, mismatch, 'not-a-number');
      if (mismatch <= tolerance) {
        const refined = iterations > 0 && mismatch > ROUNDING && linear.hasFactors;
        return { converged: true, iterations, mismatchPu: refined ? this.refine(mismatch) : mismatch };
      }
      if (mismatch > HOPELESS_MISMATCH) return this.giveUp(iterations, mismatch, 'diverged');
      idle = mismatch < 0.5 * best ? 0 : idle + 1;
      best = Math.min(best, mismatch);
      if (idle >= 2 && this.isRounding())
        return this.atRounding(iterations) ?? this.giveUp(iterations, mismatch, 'stagnated');
      if (iterations >= this.maximumIterations) {
        return this.giveUp(iterations, mismatch, mismatch > best ? 'diverged' : 'iteration-limit');
      }
      this.remember();
      const old = haveFactors && linear.hasFactors && mismatch <= GOOD_CONTRACTION * previous;
      if (old) linear.solveAgain(this.rhs);
      else {
        const place = linear.solve(this.rhs);
        this.hasFactorised = true;
        if (place >= 0) return this.giveUp(iterations, mismatch, 'singular', place);
      }
      haveFactors = this.keepFactors;
      previous = mismatch;
      mismatch = this.advance(old, careful);
      if (mismatch >= 0 || Number.isNaN(mismatch)) continue;
      mismatch = this.restore();
      return this.atRounding(iterations) ?? this.giveUp(iterations, mismatch, 'stagnated');
    }
  }

  /** Whether the determinant of the last run's Jacobian is negative; undefined where it left no factors to tell. */
  get isReversed(): boolean | undefined {
    return this.hasFactorised && this.linear.hasFactors ? this.linear.isReversed() : undefined;
  }

  /** The same at the present voltage. */
  factoriseHere(): boolean | undefined {
    this.equations.mismatch(this.rhs);
    this.linear.solve(this.rhs);
    this.hasFactorised = true;
    return this.isReversed;
  }

  /**
   * Takes the step in `rhs` and leaves the new mismatch there; a poor step is mended.
   *
   * @returns the largest mismatch, or -1 where no part of the step makes the mismatch smaller
   */
  private advance(oldFactors: boolean, careful: boolean): number {
    const { equations, linear } = this;
    const before = equations.merit;
    this.swap();
    equations.move(this.delta, 1);
    let mismatch = equations.mismatch(this.rhs);
    if (equations.merit <= POOR_STEP * before || (equations.merit <= before && oldFactors)) return mismatch;
    this.restore();
    if (oldFactors || !linear.isTrusted(this.delta, this.rhs)) {
      const place = oldFactors ? linear.solve(this.rhs) : linear.solvePivoting(this.rhs);
      if (place >= 0) return -1;
      this.swap();
    }
    equations.move(this.delta, 1);
    mismatch = equations.mismatch(this.rhs);
    if (!careful) return mismatch;
    // The squared mismatch along the step begins with slope -2: the parabola through its ends says how far to go.
    for (let part = 1; !(equations.merit < before);) {
      const after = Number.isFinite(equations.merit) ? equations.merit : Infinity;
      part *= Math.min(0.5, Math.max(0.1, before / (before + after)));
      if (part < SHORTEST_STEP) return -1;
      this.restore();
      equations.move(this.delta, part);
      mismatch = equations.mismatch(this.rhs);
    }
    return mismatch;
  }

  /**
   * One more correction with the factors at hand, which takes the error from the tolerance to rounding for a fraction
   * of an iteration. Losses and loadings, small differences of large numbers, need it.
   */
  private refine(mismatch: number): number {
    let reached = mismatch;
    for (let times = 0; times < REFINEMENTS && reached > ROUNDING; times++) {
      this.remember();
      this.linear.solveAgain(this.rhs);
      this.equations.move(this.rhs, 1);
      this.equations.settle();
      const refined = this.equations.mismatch(this.rhs);
      if (!(refined <= reached)) return this.restore();
      reached = refined;
    }
    return reached;
  }

  /** The outcome where the mismatch of the magnitudes and angles is as small as rounding allows. */
  private atRounding(iterations: number): Outcome | undefined {
    this.equations.settle();
    const mismatchPu = this.equations.mismatch(this.rhs);
    if (!this.isRounding()) return undefined;
    return { converged: true, iterations, mismatchPu, limitedByRounding: true };
  }

  /** True when the mismatch is what rounding leaves of sums as large as these. */
  private isRounding(): boolean {
    const sizes = magnitudes(this.equations);
    return this.rhs.every(
      (value, at) => Math.abs(value) <= Math.max(this.tolerance, ROUNDING_UNITS * sizes[at]!),
    );
  }

  private remember(): void {
    const { vm, va, real, imaginary } = this.equations;
    const { last } = this;
    // Entry by entry: for small networks a call for each array costs more.
    for (let place = 0; place < vm.length; place++) {
      last.vm[place] = vm[place]!;
      last.va[place] = va[place]!;
      last.real[place] = real[place]!;
      last.imaginary[place] = imaginary[place]!;
    }
  }

  /** Back to the voltages last remembered, with their mismatch in `rhs`. */
  private restore(): number {
    const { equations, last } = this;
    equations.vm.set(last.vm);
    equations.va.set(last.va);
    equations.real.set(last.real);
    equations.imaginary.set(last.imaginary);
    return equations.mismatch(this.rhs);
  }

  private swap(): void {
    [this.rhs, this.delta] = [this.delta, this.rhs];
  }

  private giveUp(
    iterations: number,
    mismatchPu: number,
    reason: Exclude<Failure['reason'], 'island'>,
    place = this.worstPlace(),
  ): Outcome {
    const node = this.equations.nodeOf[place] ?? -1;
    return { converged: false, iterations, mismatchPu, failure: { reason, node } };
  }

  private worstPlace(): number {
    let worst = 0;
    this.rhs.forEach((value, at) => {
      if (!(Math.abs(value) <= Math.abs(this.rhs[worst]!))) worst = at;
    });
    return worst >> 1;
  }
}
