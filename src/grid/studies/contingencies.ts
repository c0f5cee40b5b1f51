import { GridwireError } from '../../errors.js';
import type { Network } from '../network/network.js';
import { findLostNodes } from '../power-flow/bridges.js';
import { NewtonRaphson } from '../power-flow/newton-raphson.js';
import { PowerFlow } from '../power-flow/power-flow.js';
import type { PowerFlowOptions } from '../power-flow/solver-options.js';
import { ExtremesFinder } from './extremes.js';
import { inTurns, type StudyOptions } from './run.js';

export interface ContingencyOptions extends StudyOptions {
  powerFlow?: Omit<PowerFlowOptions, 'method' | 'reactiveLimits' | 'keepFactors'>;
  /** Loading above which a branch counts as overloaded, percent; default 100. */
  overloadPercent?: number;
  /** Voltage band where a bus has none of its own; default 0.9 to 1.1 pu. */
  minPu?: number;
  maxPu?: number;
}

/** What happens when one branch is out. */
export interface Contingency {
  id: string;
  kind: 'line' | 'transformer' | 'branch';
  converged: boolean;
  /** Why there is no solution. */
  reason?: string;
  iterations: number;
  /** Buses that lose their supply, and the load that goes with them. */
  lost: string[];
  lostMw: number;
  /** Branches above their rating, the worst first; at most `MAXIMUM_NAMED`. */
  overloads: { id: string; percent: number }[];
  overloadCount: number;
  /** Buses outside their band, the worst first; at most `MAXIMUM_NAMED`. */
  voltages: { id: string; vmPu: number }[];
  voltageCount: number;
  lowPu: number;
  highPu: number;
  loadingPercent: number;
  /** Present where the voltages are far from nominal and no start led to better ones. */
  doubtful?: true;
}

export interface ContingencyResult {
  /** The network with everything in. */
  base: Pick<Contingency, 'lowPu' | 'highPu' | 'loadingPercent' | 'doubtful'>;
  /** One per branch that is in service, in the order of the tables. */
  contingencies: Contingency[];
}

/** So many overloads and voltages are named for each contingency. */
export const MAXIMUM_NAMED = 20;

/**
 * Takes each line, transformer and branch out in turn and solves the rest from the solution of the whole.
 *
 * @throws GridwireError GRID_STUDY_IMPOSSIBLE when the whole network has no solution, NETWORK_INVALID,
 *   GRID_STUDY_CANCELLED
 */
export async function runContingencies(
  network: Network,
  options: ContingencyOptions = {},
): Promise<ContingencyResult> {
  const study = new Contingencies(network, options);
  const contingencies: Contingency[] = [];
  await inTurns(study.branches.length, (at) => contingencies.push(study.solve(at)), options);
  return { base: study.base, contingencies };
}

/** The same one by one, for those who bring their own loop. */
export class Contingencies {
  /** The branches that can be taken out, by their number among lines, transformers and branches. */
  readonly branches: number[];
  readonly base: ContingencyResult['base'];
  private readonly flow: PowerFlow;
  private readonly solver: NewtonRaphson;
  private readonly extremes: ExtremesFinder;
  private readonly lostNodes: (branch: number) => Int32Array;
  private readonly vm: Float64Array;
  private readonly va: Float64Array;
  private readonly names: Pick<Contingency, 'id' | 'kind'>[];
  private readonly bands: { low: number; high: number; node: number; id: string }[];
  private readonly overloadPercent: number;

  constructor(network: Network, options: ContingencyOptions = {}) {
    this.flow = new PowerFlow(network, { ...options.powerFlow });
    const { grid } = this.flow;
    if (!this.flow.solve().converged) {
      throw new GridwireError(
        'GRID_STUDY_IMPOSSIBLE',
        `Nothing can be taken out of a network that has no solution as it is: ${this.flow.failureText() ?? ''}.`,
      );
    }
    if (!(this.flow.solver instanceof NewtonRaphson)) {
      throw new GridwireError(
        'GRID_SETTING_INVALID',
        'Contingencies are solved by Newton-Raphson without reactive limits.',
      );
    }
    this.solver = this.flow.solver;
    this.vm = Float64Array.from(this.solver.vm);
    this.va = Float64Array.from(this.solver.va);
    this.extremes = new ExtremesFinder(this.flow);
    this.lostNodes = findLostNodes(grid);
    this.branches = [...grid.branchFrom.keys()].filter((branch) => {
      const from = grid.branchFrom[branch] ?? -1;
      return from >= 0 && (grid.slackOf[from] ?? -1) >= 0;
    });
    this.names = [
      ...(network.lines ?? []).map(({ id }) => ({ id, kind: 'line' as const })),
      ...(network.transformers ?? []).map(({ id }) => ({ id, kind: 'transformer' as const })),
      ...(network.branches ?? []).map(({ id }) => ({ id, kind: 'branch' as const })),
    ];
    const { minPu: low = 0.9, maxPu: high = 1.1 } = options;
    this.bands = network.buses.map(({ id, minPu = low, maxPu = high }, bus) => ({
      ...{ id, low: minPu, high: maxPu, node: grid.nodeOfBus[bus] ?? -1 },
    }));
    this.overloadPercent = options.overloadPercent ?? 100;
    const { lowPu, highPu, loadingPercent } = this.extremes.find();
    this.base = { lowPu, highPu, loadingPercent, ...this.doubt() };
  }

  /** Takes the branch at a place of `branches` out, solves, and puts it back. */
  solve(at: number): Contingency {
    const branch = this.branches[at] ?? -1;
    const lost = this.lostNodes(branch);
    this.solver.takeOut(branch, lost);
    this.solver.restart(this.vm, this.va);
    const { converged, iterations } = this.flow.solve('warm');
    const found = this.describe(branch, lost, converged, iterations);
    this.solver.putBack();
    return found;
  }

  private describe(branch: number, lost: Int32Array, converged: boolean, iterations: number): Contingency {
    const { id = '', kind = 'branch' } = this.names[branch] ?? {};
    const head = { id, kind, converged, iterations, ...this.lostSupply(lost) };
    if (!converged) {
      const none = { overloads: [], overloadCount: 0, voltages: [], voltageCount: 0 };
      const numbers = { lowPu: NaN, highPu: NaN, loadingPercent: NaN };
      // With a part of it gone, less load could not be tried as usual.
      const reason = lost.length > 0 ? 'what is left has no solution' : (this.flow.failureText() ?? '');
      return { ...head, reason, ...none, ...numbers };
    }
    const { lowPu, highPu, loadingPercent } = this.extremes.find();
    return {
      ...head,
      ...this.overloads(),
      ...this.violations(),
      lowPu,
      highPu,
      loadingPercent,
      ...this.doubt(),
    };
  }

  private doubt(): Pick<Contingency, 'doubtful'> {
    return this.flow.outcome.doubtful === true ? { doubtful: true } : {};
  }

  private lostSupply(lost: Int32Array): Pick<Contingency, 'lost' | 'lostMw'> {
    if (lost.length === 0) return { lost: [], lostMw: 0 };
    const gone = new Set(lost);
    const { grid } = this.flow;
    const lostMw = lost.reduce((sum, node) => sum - Math.min(0, grid.p[node] ?? 0), 0) * grid.baseMva;
    return { lost: this.bands.flatMap(({ id, node }) => (gone.has(node) ? [id] : [])), lostMw };
  }

  private overloads(): Pick<Contingency, 'overloads' | 'overloadCount'> {
    const { loadingPercent } = this.flow;
    const over: { id: string; percent: number }[] = [];
    for (let branch = 0; branch < loadingPercent.length; branch++) {
      const percent = loadingPercent[branch] ?? NaN;
      if (percent > this.overloadPercent) over.push({ id: this.names[branch]?.id ?? '', percent });
    }
    over.sort((a, b) => b.percent - a.percent);
    return { overloads: over.slice(0, MAXIMUM_NAMED), overloadCount: over.length };
  }

  private violations(): Pick<Contingency, 'voltages' | 'voltageCount'> {
    const { vm } = this.solver;
    const outside: { id: string; vmPu: number; by: number }[] = [];
    for (const { id, node, low, high } of this.bands) {
      const vmPu = node < 0 ? NaN : (vm[node] ?? NaN);
      // What lost its supply is named as lost; it has no voltage to be too low.
      if (vmPu > 0 && (vmPu < low || vmPu > high))
        outside.push({ id, vmPu, by: Math.max(low - vmPu, vmPu - high) });
    }
    outside.sort((a, b) => b.by - a.by);
    const voltages = outside.slice(0, MAXIMUM_NAMED).map(({ id, vmPu }) => ({ id, vmPu }));
    return { voltages, voltageCount: outside.length };
  }
}
