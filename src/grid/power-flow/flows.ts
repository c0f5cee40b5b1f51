/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import type { PerUnitNetwork } from '../network/per-unit-network.js';

/**
 * Power into every branch at both ends, and its losses, for given voltages. One object per network; `update` fills
 * its arrays anew. Powers in per unit of the network's base power, currents in per unit of each end's base current.
 */
export class BranchFlows {
  readonly pFrom: Float64Array;
  readonly qFrom: Float64Array;
  readonly pTo: Float64Array;
  readonly qTo: Float64Array;
  readonly iFrom: Float64Array;
  readonly iTo: Float64Array;

  constructor(private readonly grid: PerUnitNetwork) {
    const count = grid.branchFrom.length;
    this.pFrom = new Float64Array(count);
    this.qFrom = new Float64Array(count);
    this.pTo = new Float64Array(count);
    this.qTo = new Float64Array(count);
    this.iFrom = new Float64Array(count);
    this.iTo = new Float64Array(count);
  }

  /** @param vm magnitudes and @param va angles (radians) per node */
  update(vm: Float64Array, va: Float64Array): void {
    const { branchFrom, branchTo, slackOf, twoPorts: y } = this.grid;
    for (let branch = 0; branch < branchFrom.length; branch++) {
      const from = branchFrom[branch]!;
      const to = branchTo[branch]!;
      // Out of service or without supply: its entries stay zero.
      if (from < 0 || slackOf[from]! < 0) continue;
      const v1 = vm[from]!;
      const v2 = vm[to]!;
      const angle = va[from]! - va[to]!;
      const real = v1 * v2 * Math.cos(angle);
      const imaginary = v1 * v2 * Math.sin(angle);
      const at = 8 * branch;
      const p1 = v1 * v1 * y[at]! + real * y[at + 2]! + imaginary * y[at + 3]!;
      const q1 = -v1 * v1 * y[at + 1]! + imaginary * y[at + 2]! - real * y[at + 3]!;
      const p2 = v2 * v2 * y[at + 6]! + real * y[at + 4]! - imaginary * y[at + 5]!;
      const q2 = -v2 * v2 * y[at + 7]! - imaginary * y[at + 4]! - real * y[at + 5]!;
      this.pFrom[branch] = p1;
      this.qFrom[branch] = q1;
      this.pTo[branch] = p2;
      this.qTo[branch] = q2;
      // Without voltage there is no current either.
      this.iFrom[branch] = v1 > 0 ? Math.sqrt(p1 * p1 + q1 * q1) / v1 : 0;
      this.iTo[branch] = v2 > 0 ? Math.sqrt(p2 * p2 + q2 * q2) / v2 : 0;
    }
  }

  /** Sum over all branches of what enters them and does not leave, pu. */
  lossP(): number {
    return sum(this.pFrom) + sum(this.pTo);
  }

  lossQ(): number {
    return sum(this.qFrom) + sum(this.qTo);
  }
}

/**
 * Power that the given voltages draw into the network at each node, branches and shunts together.
 *
 * @param into receives p and q per node, per unit
 */
export function nodeInjections(
  grid: PerUnitNetwork,
  vm: Float64Array,
  va: Float64Array,
  into: Float64Array,
  flows = new BranchFlows(grid),
): void {
  flows.update(vm, va);
  for (let node = 0; node < grid.nodeCount; node++) {
    const squared = grid.slackOf[node]! < 0 ? 0 : vm[node]! * vm[node]!;
    into[2 * node] = squared * grid.shuntG[node]!;
    into[2 * node + 1] = -squared * grid.shuntB[node]!;
  }
  for (let branch = 0; branch < grid.branchFrom.length; branch++) {
    const from = grid.branchFrom[branch]!;
    if (from < 0 || grid.slackOf[from]! < 0) continue;
    const to = grid.branchTo[branch]!;
    into[2 * from]! += flows.pFrom[branch]!;
    into[2 * from + 1]! += flows.qFrom[branch]!;
    into[2 * to]! += flows.pTo[branch]!;
    into[2 * to + 1]! += flows.qTo[branch]!;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
