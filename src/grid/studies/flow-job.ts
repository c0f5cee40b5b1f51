import type { Network } from '../network/network.js';
import type { Outcome, Start } from '../power-flow/outcome.js';
import { PowerFlow, type Solution } from '../power-flow/power-flow.js';
import type { PowerFlowOptions } from '../power-flow/solver-options.js';

/** Arrays of the per-unit network that change from step to step. */
const SCHEDULES = ['p', 'q', 'currentPart', 'impedancePart'] as const;

type Schedules = Record<(typeof SCHEDULES)[number], Float64Array>;

/** One power flow to be solved in another process, as what a structured clone can carry. */
export interface FlowJob {
  /** Of the network; another one means that taps, shunts or the network itself have changed. */
  version: number;
  /** The network as JSON, and how it is solved; sent once for each version. */
  prepare?: { network: string; options: PowerFlowOptions };
  schedules: Schedules;
  start: Start;
}

/** What comes back, as JSON: no number in it may be other than finite. */
export type FlowAnswer =
  | { missing: true }
  | {
      missing: false;
      outcome: Omit<Outcome, 'mismatchPu'> & { mismatchPu?: number };
      reason?: string;
      vm: Values;
      va: Values;
    };

type Values = (number | null)[];

/** The schedules of a power flow as they are now. */
export function schedulesOf({ grid }: PowerFlow): Schedules {
  return { p: grid.p, q: grid.q, currentPart: grid.currentPart, impedancePart: grid.impedancePart };
}

/** Keeps the network that it was sent last, with its analysis and its last solution, and solves it job by job. */
export class FlowSolver {
  private prepared: { version: number; flow: PowerFlow } | undefined;

  /** @throws GridwireError NETWORK_INVALID or GRID_SETTING_INVALID */
  solve({ version, prepare, schedules, start }: FlowJob): FlowAnswer {
    if (prepare !== undefined) {
      const network = JSON.parse(prepare.network) as Network;
      this.prepared = { version, flow: new PowerFlow(network, prepare.options) };
    }
    if (this.prepared?.version !== version) return { missing: true };
    const { flow } = this.prepared;
    for (const key of SCHEDULES) flow.grid[key].set(schedules[key]);
    const { mismatchPu, ...outcome } = flow.solve(start);
    const reason = flow.failureText();
    return {
      missing: false,
      outcome: { ...outcome, ...(Number.isFinite(mismatchPu) && { mismatchPu }) },
      ...(reason !== undefined && { reason }),
      vm: outcome.converged ? values(flow.vm) : [],
      va: outcome.converged ? values(flow.va) : [],
    };
  }
}

/** Nodes without supply have no voltage, which JSON says as null. */
function values(array: Float64Array): Values {
  return Array.from(array, (value) => (Number.isFinite(value) ? value : null));
}

/** The solution that an answer holds. */
export function solutionOf(answer: FlowAnswer & { missing: false }): Solution {
  const { outcome, reason } = answer;
  const back = (list: Values): Float64Array => Float64Array.from(list, (value) => value ?? NaN);
  return {
    outcome: { ...outcome, mismatchPu: outcome.mismatchPu ?? NaN },
    ...{ vm: back(answer.vm), va: back(answer.va) },
    ...(reason !== undefined && { reason }),
  };
}
