/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import { SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';
import { NewtonIteration, type NewtonOptions } from './newton-iteration.js';
import { BranchOutage } from './outage.js';
import { followLoad } from './load-continuation.js';
import type { Outcome, Solver, Start } from './outcome.js';
import { PowerEquations } from './power-equations.js';
import { StartVoltages } from './starts.js';

/** Magnitudes beyond these are solutions of the equations, but hardly of a network. */
const LOWEST_PU = 0.4;
const HIGHEST_PU = 1.8;

/** Farther than this from its source (radians), an angle says no more than within one circle. */
const MANY_CIRCLES = 8 * Math.PI;

type Attempt = { start: Exclude<Start, 'auto'>; careful: boolean };

/**
 * Newton-Raphson power flow in polar coordinates on one network, for many solutions: ordering and symbolic
 * factorisation happen once in the constructor, and solving allocates nothing but its small outcome while all goes
 * well. Where it does not, steps are shortened, factors pivoted and other starts tried.
 *
 * Reads schedules and set-points from the network's arrays at each solution; the result is in `vm` and `va`.
 */
export class NewtonRaphson implements Solver {
  /** Voltage magnitude (pu) and angle (radians) per node. Meaningful only after a solution that converged. */
  readonly vm: Float64Array;
  readonly va: Float64Array;
  private readonly equations: PowerEquations;
  private readonly iteration: NewtonIteration;
  private readonly starts: StartVoltages;
  private readonly keepFactors: boolean;
  private readonly slackNodes: number[];
  private hasSolution = false;
  private reversedWithoutLoad: boolean | undefined;
  /** The same of the whole network, while a branch is out. */
  private reversedAsWhole: boolean | undefined;
  private outage: BranchOutage | undefined;

  constructor(
    private readonly grid: PerUnitNetwork,
    options: NewtonOptions = {},
  ) {
    this.keepFactors = options.keepFactors ?? false;
    this.vm = new Float64Array(grid.nodeCount);
    this.va = new Float64Array(grid.nodeCount);
    this.equations = new PowerEquations(grid);
    this.iteration = new NewtonIteration(this.equations, options);
    this.starts = new StartVoltages(grid, this.equations.symbolic, this.equations.nodeOf);
    this.slackNodes = [...grid.kind.keys()].filter((node) => grid.kind[node] === SLACK);
  }

  /**
   * @param kind kind per node, where it differs from the network's because a reactive limit is reached
   * @param q reactive schedule per node, likewise
   */
  solve(start: Start = 'auto', kind = this.grid.kind, q = this.grid.q): Outcome {
    if (this.slackNodes.length === 0) {
      const nodes = [...this.grid.slackOf.keys()];
      return { converged: false, iterations: 0, mismatchPu: NaN, failure: { reason: 'island', nodes } };
    }
    this.equations.load(kind, q);
    this.reversedWithoutLoad ??= this.isReversedWithoutLoad();
    let first: Outcome | undefined;
    let doubtful: { outcome: Outcome; vm: Float64Array; va: Float64Array } | undefined;
    for (const { start: from, careful } of this.attempts(start)) {
      const outcome = this.attempt(from, careful, kind, q);
      if (outcome.converged && this.isUsual()) {
        this.leave();
        return outcome;
      }
      // The equations have solutions at voltages that no network runs at: another start may lead elsewhere.
      if (outcome.converged)
        doubtful ??= { outcome, vm: this.equations.vm.slice(), va: this.equations.va.slice() };
      first ??= outcome;
    }
    this.hasSolution = false;
    if (doubtful === undefined) return first!;
    this.equations.vm.set(doubtful.vm);
    this.equations.va.set(doubtful.va);
    this.leave();
    return { ...doubtful.outcome, doubtful: true };
  }

  private attempt(from: Attempt['start'], careful: boolean, kind: Uint8Array, q: Float64Array): Outcome {
    const { equations, iteration, starts } = this;
    if (from !== 'warm') starts.fill(from, this.vm, this.va);
    this.enter();
    if (from !== 'gradual')
      return { ...iteration.run(from === 'warm' && this.keepFactors, careful), start: from };
    const load = (part: number): void => equations.load(kind, q, part);
    const found = followLoad(equations, iteration, load, () => this.isUsual());
    return { ...(found ?? iteration.run(false, true)), start: from };
  }

  /**
   * Takes a branch out until `putBack`, without a new analysis.
   *
   * @param lost nodes that lose their supply with it; they have no voltage in the solutions until then
   */
  takeOut(branch: number, lost: Int32Array): void {
    this.outage ??= new BranchOutage(this.grid, this.equations);
    this.outage.takeOut(branch, lost);
    this.starts.networkChanged(this.equations.aside);
    // A network that is reversed as a whole need not be so in part; of one that is not, no part is expected to be.
    this.reversedAsWhole ??= this.reversedWithoutLoad;
    if (this.reversedAsWhole === true) this.reversedWithoutLoad = undefined;
  }

  putBack(): void {
    this.outage?.putBack();
    this.starts.networkChanged([]);
    this.reversedWithoutLoad = this.reversedAsWhole ?? this.reversedWithoutLoad;
    this.reversedAsWhole = undefined;
  }

  /** Makes voltages given by node the last solution, from which a warm start begins. */
  restart(vm: Float64Array, va: Float64Array): void {
    this.vm.set(vm);
    this.va.set(va);
    this.hasSolution = true;
  }

  /** True at the voltages of a network that runs: plausible ones, on the side of the solution without load. */
  private isUsual(): boolean {
    const { vm } = this.equations;
    for (let place = 0; place < vm.length; place++) {
      if (!(vm[place]! > LOWEST_PU && vm[place]! < HIGHEST_PU) && !this.equations.isAside(place))
        return false;
    }
    const { isReversed } = this.iteration;
    return isReversed === undefined || isReversed === this.reversedWithoutLoad;
  }

  private isReversedWithoutLoad(): boolean {
    const [vm, va] = [this.vm.slice(), this.va.slice()];
    this.starts.fill('flat', this.vm, this.va);
    this.enter();
    this.vm.set(vm);
    this.va.set(va);
    return this.iteration.factoriseHere() ?? false;
  }

  private *attempts(start: Start): Generator<Attempt> {
    const warm = start === 'warm' && this.hasSolution;
    if (warm) yield { start: 'warm', careful: true };
    // What comes after the first attempt is worked out only where it is needed.
    const any = warm || start === 'auto' || start === 'warm';
    const wanted = any ? this.usualStarts() : [start];
    for (const one of wanted) yield { start: one, careful: true };
    if (any) yield { start: 'gradual', careful: true };
    // A step that makes matters worse at first may lead to the solution all the same.
    for (const one of wanted) yield { start: one, careful: false };
  }

  private usualStarts(): Exclude<Start, 'auto'>[] {
    return this.starts.hasCase ? ['case', 'flat', 'dc', 'level'] : ['flat', 'dc', 'level'];
  }

  private enter(): void {
    const { equations, grid, vm, va } = this;
    for (let place = 0; place < equations.nodeOf.length; place++) {
      const node = equations.nodeOf[place]!;
      if (equations.isAside(place)) equations.place(place, 0, 0);
      else equations.place(place, equations.free[place] === 0 ? grid.vmSet[node]! : vm[node]!, va[node]!);
    }
  }

  private leave(): void {
    const { equations, grid } = this;
    for (let place = 0; place < equations.nodeOf.length; place++) {
      const node = equations.nodeOf[place]!;
      const va = equations.va[place]!;
      const turned = Math.abs(va - grid.vaSet[grid.slackOf[node]!]!);
      this.vm[node] = equations.vm[place]!;
      // The digits that a wild step spends on whole circles are those of the angle itself.
      this.va[node] =
        turned > MANY_CIRCLES ? Math.atan2(equations.imaginary[place]!, equations.real[place]!) : va;
    }
    for (const node of this.slackNodes) {
      this.vm[node] = grid.vmSet[node]!;
      this.va[node] = grid.vaSet[node]!;
    }
    this.hasSolution = true;
  }
}
