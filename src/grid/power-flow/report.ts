import { scheduledAt } from '../network/injections.js';
import type { Network } from '../network/network.js';
import { networkWarnings } from '../network/warnings.js';
import type { Outcome } from './outcome.js';
import { PowerFlow } from './power-flow.js';
import type { PowerFlowOptions } from './solver-options.js';

export interface BusResult {
  id: string;
  vmPu: number;
  /** From -180 to 180. */
  vaDegree: number;
}

export interface BranchResult {
  id: string;
  kind: 'line' | 'transformer' | 'branch';
  pFromMw: number;
  qFromMvar: number;
  pToMw: number;
  qToMvar: number;
  iFromKa: number;
  iToKa: number;
  /** Missing where the branch has no rating. */
  loadingPercent?: number;
}

export interface PowerFlowReport {
  converged: boolean;
  /** Why it did not converge. */
  reason?: string;
  iterations: number;
  mismatchPu: number;
  /** Where the iteration that converged began. */
  start?: Outcome['start'];
  /** What is worth knowing about the network and the solution. */
  warnings: string[];
  /** Buses in service that no source reaches; they are solved for nothing and have no voltage. */
  unsupplied: string[];
  /** Empty unless converged, like everything below. Buses out of service or without supply are left out. */
  buses: BusResult[];
  branches: BranchResult[];
  /** What each source delivers. */
  sources: { id: string; pMw: number; qMvar: number }[];
  losses: { pMw: number; qMvar: number };
}

/** The last solution with names and in physical units. */
export function report(flow: PowerFlow): PowerFlowReport {
  const { converged, iterations, mismatchPu, start } = flow.outcome;
  const reason = flow.failureText();
  const head = {
    ...{ converged, iterations, mismatchPu, ...(start !== undefined && { start }) },
    ...{ warnings: warningsOf(flow), unsupplied: flow.unsupplied() },
    ...(reason !== undefined && { reason }),
  };
  if (!converged) return { ...head, buses: [], branches: [], sources: [], losses: { pMw: 0, qMvar: 0 } };
  const { baseMva } = flow.network;
  return {
    ...head,
    buses: busResults(flow),
    branches: branchResults(flow),
    sources: sourceResults(flow),
    losses: { pMw: flow.flows.lossP() * baseMva, qMvar: flow.flows.lossQ() * baseMva },
  };
}

function warningsOf(flow: PowerFlow): string[] {
  const { network, outcome } = flow;
  const doubt = flow.doubtText();
  const rounding = `the mismatch of ${outcome.mismatchPu.toExponential(1)} pu is as small as rounding allows`;
  return [
    ...networkWarnings(network),
    ...(outcome.limitedByRounding === true ? [rounding] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ];
}

function busResults({ network, grid, vm, va }: PowerFlow): BusResult[] {
  return network.buses.flatMap((bus, index) => {
    const node = grid.nodeOfBus[index] ?? -1;
    if (node < 0 || (grid.slackOf[node] ?? -1) < 0) return [];
    return [
      { id: bus.id, vmPu: vm[node] ?? NaN, vaDegree: withinHalfTurn(((va[node] ?? NaN) * 180) / Math.PI) },
    ];
  });
}

/** Phase shifts and starts may add whole turns, which mean nothing. */
function withinHalfTurn(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}

function branchResults(flow: PowerFlow): BranchResult[] {
  const { network, flows, ratings, loadingPercent } = flow;
  const at = (values: Float64Array, index: number): number => values[index] ?? NaN;
  const ids: Pick<BranchResult, 'id' | 'kind'>[] = [
    ...(network.lines ?? []).map(({ id }) => ({ id, kind: 'line' as const })),
    ...(network.transformers ?? []).map(({ id }) => ({ id, kind: 'transformer' as const })),
    ...(network.branches ?? []).map(({ id }) => ({ id, kind: 'branch' as const })),
  ];
  return ids.map((id, index) => {
    const loading = at(loadingPercent, index);
    return {
      ...id,
      pFromMw: at(flows.pFrom, index) * network.baseMva,
      qFromMvar: at(flows.qFrom, index) * network.baseMva,
      pToMw: at(flows.pTo, index) * network.baseMva,
      qToMvar: at(flows.qTo, index) * network.baseMva,
      iFromKa: at(flows.iFrom, index) * at(ratings.baseKaFrom, index),
      iToKa: at(flows.iTo, index) * at(ratings.baseKaTo, index),
      ...(!Number.isNaN(loading) && { loadingPercent: loading }),
    };
  });
}

/** What each source in service delivers; sources at one node share it evenly. */
export function sourceResults(flow: PowerFlow): PowerFlowReport['sources'] {
  const { grid, injections, vm } = flow;
  return flow.sources.map(({ id, node, sharing }) => {
    // The schedule of the source's own bus (its loads, its other generators) is not the source's doing.
    const scheduled = scheduledAt(grid, node, vm[node] ?? NaN);
    const share = grid.baseMva / sharing;
    const p = ((injections[2 * node] ?? NaN) - scheduled.p) * share;
    const q = ((injections[2 * node + 1] ?? NaN) - scheduled.q) * share;
    return { id, pMw: p, qMvar: q };
  });
}

/** Prepares and solves a network once. */
export function solvePowerFlow(network: Network, options: PowerFlowOptions = {}): PowerFlowReport {
  const flow = new PowerFlow(network, options);
  flow.solve();
  return report(flow);
}
