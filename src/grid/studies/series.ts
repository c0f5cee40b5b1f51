import { scheduledAt } from '../network/injections.js';
import { isInService, type Element, type Network } from '../network/network.js';
import { SLACK } from '../network/per-unit-network.js';
import { PowerFlow } from '../power-flow/power-flow.js';
import type { PowerFlowOptions } from '../power-flow/solver-options.js';
import { ExtremesFinder } from './extremes.js';
import { inTurns, type StudyOptions } from './run.js';
import { checkSeries, type Profile, type SeriesInput } from './series-input.js';
import { emptyResult, type SeriesResult } from './series-result.js';

/** What the elements of all four tables have. */
interface Injecting extends Element {
  bus: string;
  pMw: number;
  qMvar?: number;
  scaling?: number;
}

/** What a profile changes: one entry of the schedule, from `base` to each step's value times `factor`, per unit. */
interface Column {
  into: Float64Array;
  node: number;
  factor: number;
  base: number;
  isLoad: boolean;
  values: readonly number[];
}

/**
 * Power flows of one network over many steps, each from the last solution.
 *
 * @throws GridwireError GRID_SETTING_INVALID naming the profile that does not fit, NETWORK_INVALID,
 *   GRID_STUDY_CANCELLED
 */
export async function runSeries(
  network: Network,
  input: SeriesInput,
  options: StudyOptions & { powerFlow?: PowerFlowOptions } = {},
): Promise<SeriesResult> {
  const series = new Series(network, input, options.powerFlow);
  await inTurns(input.steps, (step) => series.solve(step), options);
  return series.result;
}

/** The same step by step, for those who bring their own loop. */
export class Series {
  readonly result: SeriesResult;
  private readonly flow: PowerFlow;
  private readonly extremes: ExtremesFinder;
  private readonly columns: Column[];
  private readonly fixed: { p: Float64Array; q: Float64Array };
  private readonly loads: {
    p: Float64Array;
    q: Float64Array;
    current: Float64Array;
    impedance: Float64Array;
  };
  private readonly loadFactor: readonly number[] | undefined;
  private readonly slacks: number[];

  constructor(
    network: Network,
    { steps, profiles = [], loadFactor }: SeriesInput,
    options: PowerFlowOptions = {},
  ) {
    checkSeries(network, { steps, profiles, ...(loadFactor && { loadFactor }) });
    this.flow = new PowerFlow(network, { keepFactors: true, ...options });
    const { grid } = this.flow;
    this.extremes = new ExtremesFinder(this.flow);
    this.loadFactor = loadFactor;
    this.slacks = [...grid.kind.keys()].filter((node) => grid.kind[node] === SLACK);
    // The loads are what the whole schedule has more than the schedule without them.
    const whole = { p: grid.p.slice(), q: grid.q.slice() };
    const bare = new PowerFlow({ ...network, loads: [] }, options).grid;
    this.fixed = { p: bare.p, q: bare.q };
    this.loads = {
      ...{
        p: whole.p.map((value, node) => value - (bare.p[node] ?? 0)),
        q: whole.q.map((value, node) => value - (bare.q[node] ?? 0)),
      },
      ...{ current: grid.currentPart.slice(), impedance: grid.impedancePart.slice() },
    };
    this.columns = profiles.flatMap((profile) => this.columnsOf(network, profile));
    this.result = emptyResult(network, steps);
  }

  solve(step: number): void {
    const { grid } = this.flow;
    const { p, q, current, impedance } = this.loads;
    const factor = this.loadFactor?.[step] ?? 1;
    for (let node = 0; node < grid.nodeCount; node++) {
      grid.p[node] = (this.fixed.p[node] ?? 0) + (p[node] ?? 0) * factor;
      grid.q[node] = (this.fixed.q[node] ?? 0) + (q[node] ?? 0) * factor;
    }
    if (grid.voltageDependent) {
      for (let at = 0; at < current.length; at++) {
        grid.currentPart[at] = (current[at] ?? 0) * factor;
        grid.impedancePart[at] = (impedance[at] ?? 0) * factor;
      }
    }
    for (const { into, node, factor: toPerUnit, base, isLoad, values } of this.columns) {
      into[node] = (into[node] ?? 0) + ((values[step] ?? 0) * toPerUnit - base) * (isLoad ? factor : 1);
    }
    this.keep(step);
  }

  private keep(step: number): void {
    const { flow, result } = this;
    const { converged, iterations, doubtful } = flow.solve('warm');
    result.converged[step] = converged ? 1 : 0;
    result.doubtful[step] = doubtful === true ? 1 : 0;
    result.iterations[step] = Math.min(255, iterations);
    if (!converged) {
      result.failed++;
      result.reason ??= `step ${step}: ${flow.failureText() ?? ''}`;
      for (const column of [
        result.lowPu,
        result.highPu,
        result.loadingPercent,
        result.lossesMw,
        result.sourceMw,
      ])
        column[step] = NaN;
      for (const column of [result.lowBus, result.highBus, result.loadingBranch]) column[step] = -1;
      return;
    }
    const found = this.extremes.find();
    result.lowPu[step] = found.lowPu;
    result.lowBus[step] = found.lowBus;
    result.highPu[step] = found.highPu;
    result.highBus[step] = found.highBus;
    result.loadingPercent[step] = found.loadingPercent;
    result.loadingBranch[step] = found.loadingBranch;
    result.lossesMw[step] = flow.flows.lossP() * flow.grid.baseMva;
    result.sourceMw[step] = this.sourceMw();
  }

  private sourceMw(): number {
    const { grid, injections, solver } = this.flow;
    let sum = 0;
    for (const node of this.slacks) {
      sum += (injections[2 * node] ?? 0) - scheduledAt(grid, node, solver.vm[node] ?? 1).p;
    }
    return sum * grid.baseMva;
  }

  /** A profile replaces what the network has for its element. */
  private columnsOf(network: Network, profile: Profile): Column[] {
    const { grid } = this.flow;
    const rows: readonly Injecting[] = network[profile.table] ?? [];
    const element = rows.find(({ id }) => id === profile.id);
    const bus = network.buses.findIndex(({ id }) => id === element?.bus);
    const node = grid.nodeOfBus[bus] ?? -1;
    if (element === undefined || !isInService(element) || node < 0) return [];
    const consumes = profile.table === 'loads' || profile.table === 'storages';
    const factor = ((consumes ? -1 : 1) * (element.scaling ?? 1)) / grid.baseMva;
    return (['p', 'q'] as const).flatMap((key) => {
      const values = key === 'p' ? profile.pMw : profile.qMvar;
      if (values === undefined) return [];
      const given = key === 'p' ? element.pMw : (element.qMvar ?? 0);
      return [
        { into: grid[key], node, factor, base: given * factor, isLoad: profile.table === 'loads', values },
      ];
    });
  }
}
