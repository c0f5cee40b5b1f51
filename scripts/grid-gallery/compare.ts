import type { BranchResult, PowerFlowReport } from '../../src/grid/index.js';
import type { Solution } from './reference.js';

/**
 * Largest differences, per unit; infinite where one side has a value and the other has none. Flows and losses are
 * missing where there is nothing to compare them with.
 */
export interface Differences {
  voltagePu: number;
  flowPu?: number;
  lossPu?: number;
}

/** The distance of two voltages as phasors: turns of 360 degrees are none. */
export function phasorDistance(vm: number, vaDegree: number, otherVm: number, otherVaDegree: number): number {
  const half = ((vaDegree - otherVaDegree) * Math.PI) / 360;
  // Twice the sine of half the angle: small differences keep their digits.
  return Math.hypot(vm - otherVm, 2 * Math.sqrt(vm * otherVm) * Math.sin(half));
}

/** How far a solution is from the reference, in voltages, in flows at both ends of branches, and in losses. */
export function compare(
  { buses, branches, losses }: Pick<PowerFlowReport, 'buses' | 'branches' | 'losses'>,
  reference: Solution,
): Differences {
  const { baseMva } = reference;
  const differences: Differences = {
    voltagePu: largest(voltageDistances(buses, reference)),
    flowPu: largest(flowDistances(branches, reference)),
  };
  if (reference.losses !== undefined) {
    const [p, q] = reference.losses;
    differences.lossPu = Math.hypot(losses.pMw / baseMva - p, losses.qMvar / baseMva - q);
  }
  return differences;
}

/** The larger of two, value by value. */
export function worse(one: Differences, other: Differences): Differences {
  const largest = { ...one };
  for (const [name, value] of Object.entries(other) as [keyof Differences, number][]) {
    largest[name] = Math.max(value, largest[name] ?? 0);
  }
  return largest;
}

function voltageDistances(buses: PowerFlowReport['buses'], reference: Solution): number[] {
  const found = new Map(buses.map((bus) => [bus.id, bus]));
  const distances = reference.buses.map(([id, vmPu, vaDegree]) => {
    const bus = found.get(id);
    return bus === undefined ? Infinity : phasorDistance(bus.vmPu, bus.vaDegree, vmPu, vaDegree);
  });
  // A bus that the reference leaves without voltage must have none. Both formats number their buses; what has another
  // name is a point within a three-winding transformer or an extended ward, of which the reference says nothing.
  const numbered = buses.filter(({ id }) => /^\d+$/.test(id)).length;
  return numbered > reference.buses.length ? [...distances, Infinity] : distances;
}

function flowDistances(
  branches: readonly BranchResult[],
  { branches: expected, baseMva }: Solution,
): number[] {
  const found = new Map(branches.map((branch) => [`${branch.kind} ${branch.id}`, branch]));
  return expected.flatMap(([kind, id, ...flows]) => {
    const branch = found.get(`${kind} ${id}`);
    if (branch === undefined) return Infinity;
    const ours = [branch.pFromMw, branch.qFromMvar, branch.pToMw, branch.qToMvar];
    return ours.map((value, at) => Math.abs(value / baseMva - (flows[at] ?? NaN)));
  });
}

/** NaN counts as infinite: what is no number agrees with nothing. */
function largest(distances: readonly number[]): number {
  return distances.reduce((most, one) => (Number.isNaN(one) ? Infinity : Math.max(most, one)), 0);
}
