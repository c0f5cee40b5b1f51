import { isInService, type Network } from '../network/network.js';
import { scheduleInjections } from '../network/injections.js';
import type { PerUnitNetwork } from '../network/per-unit-network.js';
import { toPerUnit } from '../network/per-unit.js';
import { describeFailure } from './diagnosis.js';
import { BranchFlows, nodeInjections } from './flows.js';
import { NewtonRaphson } from './newton-raphson.js';
import { assertStart, type Outcome, type Solver, type Start } from './outcome.js';
import { ratingsOf, type Ratings } from './ratings.js';
import { ReactiveLimits } from './reactive-limits.js';
import { checkSolverOptions, type PowerFlowOptions } from './solver-options.js';
import { Sweep } from './sweep.js';

const DOUBTFUL =
  'some voltages are far from nominal, or would rise with more load: another solution may be the one that the network runs at';

/** A solution as another process or program worked it out. */
export interface Solution {
  outcome: Outcome;
  /** By node; read only when it converged. */
  vm: Float64Array;
  va: Float64Array;
  /** Why it did not converge. */
  reason?: string;
}

/**
 * Power flow of one network: prepares it once, solves it as often as its schedules change, and keeps the results as
 * typed arrays in table order. `report` gives them names.
 */
export class PowerFlow {
  readonly grid: PerUnitNetwork;
  readonly ratings: Ratings;
  readonly flows: BranchFlows;
  /** Loading per branch in percent; NaN where a branch has no rating. */
  readonly loadingPercent: Float64Array;
  /** Injection per node: p and q, per unit. */
  readonly injections: Float64Array;
  private made: Solver | undefined;
  private adopted: Solution | undefined;
  private readonly start: Start;
  private asked: Start = 'auto';
  private foundSources: { id: string; node: number; sharing: number }[] | undefined;
  outcome: Outcome = { converged: false, iterations: 0, mismatchPu: NaN };

  /** @throws GridwireError NETWORK_INVALID or GRID_SETTING_INVALID */
  constructor(
    readonly network: Network,
    readonly options: PowerFlowOptions = {},
  ) {
    checkSolverOptions(options);
    this.grid = toPerUnit(network);
    this.ratings = ratingsOf(network);
    this.flows = new BranchFlows(this.grid);
    this.loadingPercent = new Float64Array(this.grid.branchFrom.length);
    this.injections = new Float64Array(2 * this.grid.nodeCount);
    // A sweep refuses some networks, and says so at once.
    if (options.method === 'sweep') this.made = createSolver(this.grid, options);
    this.start = options.start ?? 'auto';
  }

  /** Newton's analysis of a large network takes a while: it is made when it is first needed. */
  get solver(): Solver {
    this.made ??= createSolver(this.grid, this.options);
    return this.made;
  }

  /** Voltage magnitude, pu, and angle, radians, of the last solution, by node. */
  get vm(): Float64Array {
    return this.adopted?.vm ?? this.solver.vm;
  }

  get va(): Float64Array {
    return this.adopted?.va ?? this.solver.va;
  }

  /** Node of each source in service, and how many share it; found once. */
  get sources(): readonly { id: string; node: number; sharing: number }[] {
    this.foundSources ??= findSources(this.network, this.grid);
    return this.foundSources;
  }

  /** Takes the schedules of loads, generators and storages from the network's tables again. */
  reschedule(): void {
    scheduleInjections(this.network, this.grid);
  }

  /**
   * Solves for the schedules in `grid`; the arrays are filled only when it converges.
   *
   * @throws GridwireError GRID_SETTING_INVALID for a start that there is not
   */
  solve(start: Start = this.start): Outcome {
    assertStart(start);
    this.asked = start === 'warm' ? 'auto' : start;
    this.adopted = undefined;
    this.take(this.solver.solve(start));
    return this.outcome;
  }

  /** Takes over a solution for the schedules in `grid` that was worked out elsewhere. */
  adopt(solution: Solution): void {
    this.adopted = solution;
    this.take(solution.outcome);
  }

  private take(outcome: Outcome): void {
    this.outcome = outcome;
    if (!outcome.converged) return;
    nodeInjections(this.grid, this.vm, this.va, this.injections, this.flows);
    this.updateLoading();
  }

  private updateLoading(): void {
    const { pFrom, qFrom, pTo, qTo, iFrom, iTo } = this.flows;
    const { percentFrom, percentTo, limitsPower } = this.ratings;
    for (let branch = 0; branch < this.loadingPercent.length; branch++) {
      const byPower = limitsPower[branch] === 1;
      const from = byPower ? Math.hypot(pFrom[branch] ?? 0, qFrom[branch] ?? 0) : (iFrom[branch] ?? 0);
      const to = byPower ? Math.hypot(pTo[branch] ?? 0, qTo[branch] ?? 0) : (iTo[branch] ?? 0);
      this.loadingPercent[branch] = Math.max(
        from * (percentFrom[branch] ?? NaN),
        to * (percentTo[branch] ?? NaN),
      );
    }
  }

  /** Why the last solution failed, as a sentence with the names of the elements; undefined when it converged. */
  failureText(): string | undefined {
    if (this.adopted !== undefined) return this.adopted.reason;
    const { failure, iterations } = this.outcome;
    return (
      failure && describeFailure(failure, iterations, this.grid, (node) => this.busOfNode(node), this.asked)
    );
  }

  /** Why the last solution may not be the one that the network runs at; undefined where nothing speaks against it. */
  doubtText(): string | undefined {
    return this.outcome.doubtful === true ? DOUBTFUL : undefined;
  }

  /** Buses in service that no source reaches: they have no voltage. */
  unsupplied(): string[] {
    return this.network.buses.flatMap(({ id }, index) => {
      const node = this.grid.nodeOfBus[index] ?? -1;
      return node >= 0 && (this.grid.slackOf[node] ?? -1) < 0 ? [id] : [];
    });
  }

  private busOfNode(node: number): string {
    return this.network.buses[this.grid.nodeOfBus.indexOf(node)]?.id ?? String(node);
  }
}

function createSolver(grid: PerUnitNetwork, options: PowerFlowOptions): Solver {
  if (options.method === 'sweep') return new Sweep(grid, options);
  const newton = new NewtonRaphson(grid, options);
  return options.reactiveLimits === true ? new ReactiveLimits(grid, newton) : newton;
}

function findSources(
  network: Network,
  grid: PerUnitNetwork,
): { id: string; node: number; sharing: number }[] {
  const indexOfBus = new Map(network.buses.map(({ id }, index) => [id, index]));
  const live = network.sources.flatMap((source) => {
    const node = grid.nodeOfBus[indexOfBus.get(source.bus) ?? -1] ?? -1;
    return isInService(source) && node >= 0 ? [{ id: source.id, node }] : [];
  });
  return live.map((one) => ({ ...one, sharing: live.filter(({ node }) => node === one.node).length }));
}
