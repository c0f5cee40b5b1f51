/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import type { PerUnitNetwork } from '../network/per-unit-network.js';
import type { PowerEquations } from './power-equations.js';

/** Where a branch stands in the equations. */
interface Place {
  /** Places of its ends; -1 for a slack node. */
  from: number;
  to: number;
  /** Offset of the pair's four admittances, and whether the branch runs from the pair's first place. */
  pair: number;
  forward: boolean;
  /** Offset of the two admittances towards a slack node. */
  slack: number;
}

/** Takes one branch out of the equations of a network and puts it back, without a new analysis. */
export class BranchOutage {
  private readonly placeOfNode: Int32Array;
  private readonly pairOf = new Map<number, number>();
  private readonly slackOf = new Map<number, number>();
  private undo: (() => void) | undefined;

  constructor(
    private readonly grid: PerUnitNetwork,
    private readonly equations: PowerEquations,
  ) {
    this.placeOfNode = new Int32Array(grid.nodeCount).fill(-1);
    equations.nodeOf.forEach((node, place) => (this.placeOfNode[node] = place));
    const { pairs, slackEnds } = equations;
    for (let pair = 0; pair < pairs.length; pair += 3) {
      this.pairOf.set(this.key(pairs[pair]!, pairs[pair + 1]!), (pair / 3) * 4);
    }
    for (let end = 0; end < slackEnds.length; end += 2)
      this.slackOf.set(this.key(slackEnds[end]!, slackEnds[end + 1]!), end);
  }

  /** @param lost nodes that lose their supply with it: their equations are set aside */
  takeOut(branch: number, lost: Int32Array): void {
    this.putBack();
    const { equations, grid } = this;
    const saved: [Float64Array, number, number][] = [];
    const subtract = (array: Float64Array, at: number, value: number): void => {
      saved.push([array, at, array[at]!]);
      array[at] = array[at]! - value;
    };
    const y = grid.twoPorts.subarray(8 * branch, 8 * branch + 8);
    const { from, to, pair, forward, slack } = this.placeOf(branch);
    if (from >= 0) {
      subtract(equations.selfG, from, y[0]!);
      subtract(equations.selfB, from, y[1]!);
    }
    if (to >= 0) {
      subtract(equations.selfG, to, y[6]!);
      subtract(equations.selfB, to, y[7]!);
    }
    if (grid.branchFrom[branch] === grid.branchTo[branch] && from >= 0) {
      subtract(equations.selfG, from, y[2]! + y[4]!);
      subtract(equations.selfB, from, y[3]! + y[5]!);
    }
    if (pair >= 0) {
      const [there, back] = forward ? [2, 4] : [4, 2];
      for (const part of [0, 1]) {
        subtract(equations.pairAdmittance, pair + part, y[there + part]!);
        subtract(equations.pairAdmittance, pair + 2 + part, y[back + part]!);
      }
    }
    if (slack >= 0) {
      const row = to >= 0 ? 4 : 2;
      for (const part of [0, 1]) subtract(equations.slackAdmittance, slack + part, y[row + part]!);
    }
    const ports = Float64Array.from(y);
    y.fill(0);
    equations.setAside(lost);
    this.undo = () => {
      for (const [array, at, value] of saved.reverse()) array[at] = value;
      y.set(ports);
      equations.setAside(new Int32Array(0));
    };
  }

  putBack(): void {
    this.undo?.();
    this.undo = undefined;
  }

  private placeOf(branch: number): Place {
    const [fromNode, toNode] = [this.grid.branchFrom[branch]!, this.grid.branchTo[branch]!];
    const from = fromNode < 0 ? -1 : this.placeOfNode[fromNode]!;
    const to = toNode < 0 ? -1 : this.placeOfNode[toNode]!;
    const both = from >= 0 && to >= 0 && from !== to;
    return {
      ...{ from, to, forward: from < to },
      pair: both ? (this.pairOf.get(this.key(Math.min(from, to), Math.max(from, to))) ?? -1) : -1,
      slack: both ? -1 : from >= 0 ? this.slackAt(from, toNode) : to >= 0 ? this.slackAt(to, fromNode) : -1,
    };
  }

  private slackAt(place: number, node: number): number {
    return this.slackOf.get(this.key(place, node)) ?? -1;
  }

  private key(first: number, second: number): number {
    return first * this.grid.nodeCount + second;
  }
}
