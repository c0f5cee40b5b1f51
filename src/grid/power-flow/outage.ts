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
  /** Branches that end at each node, in the order of their table. */
  private readonly around: number[][];
  private undo: (() => void) | undefined;

  constructor(
    private readonly grid: PerUnitNetwork,
    private readonly equations: PowerEquations,
  ) {
    this.placeOfNode = new Int32Array(grid.nodeCount).fill(-1);
    equations.nodeOf.forEach((node, place) => (this.placeOfNode[node] = place));
    this.around = Array.from({ length: grid.nodeCount }, () => []);
    grid.branchFrom.forEach((from, branch) => {
      const to = grid.branchTo[branch]!;
      if (from < 0) return;
      this.around[from]!.push(branch);
      if (to !== from) this.around[to]!.push(branch);
    });
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
    const y = grid.twoPorts.subarray(8 * branch, 8 * branch + 8);
    const ports = Float64Array.from(y);
    y.fill(0);
    const saved = this.sumAnew(branch);
    equations.setAside(lost);
    this.undo = () => {
      for (const [array, at, value] of saved.reverse()) array[at] = value;
      y.set(ports);
      equations.setAside(new Int32Array(0));
    };
  }

  /**
   * Sums anew what meets the ends of a branch. Taking its own part off the sums would leave their rounding, which is
   * as large as what remains where the branch has next to no impedance.
   *
   * @returns arrays, places and numbers as they were
   */
  private sumAnew(branch: number): [Float64Array, number, number][] {
    const { equations, grid } = this;
    const saved: [Float64Array, number, number][] = [];
    const put = (array: Float64Array, at: number, value: number): void => {
      saved.push([array, at, array[at]!]);
      array[at] = value;
    };
    const { from, to, pair, forward, slack } = this.placeOf(branch);
    const [fromNode, toNode] = [grid.branchFrom[branch]!, grid.branchTo[branch]!];
    for (const [place, node] of [
      [from, fromNode],
      [to, toNode],
    ] as const) {
      if (place < 0) continue;
      const [g, b] = this.ownAt(node);
      put(equations.selfG, place, g);
      put(equations.selfB, place, b);
    }
    if (pair >= 0) {
      const sums = forward ? this.between(fromNode, toNode) : this.between(toNode, fromNode);
      sums.forEach((sum, part) => put(equations.pairAdmittance, pair + part, sum));
    }
    if (slack >= 0) {
      const [, , g, b] = to >= 0 ? this.between(fromNode, toNode) : this.between(toNode, fromNode);
      put(equations.slackAdmittance, slack, g);
      put(equations.slackAdmittance, slack + 1, b);
    }
    return saved;
  }

  /** The diagonal entry of the admittance matrix at a node. */
  private ownAt(node: number): [g: number, b: number] {
    const { branchFrom, branchTo, twoPorts: y, shuntG, shuntB } = this.grid;
    let [g, b] = [shuntG[node]!, shuntB[node]!];
    for (const branch of this.around[node]!) {
      const at = 8 * branch;
      const [starts, ends] = [branchFrom[branch] === node, branchTo[branch] === node];
      if (starts) [g, b] = [g + y[at]!, b + y[at + 1]!];
      if (ends) [g, b] = [g + y[at + 6]!, b + y[at + 7]!];
      if (starts && ends) [g, b] = [g + y[at + 2]! + y[at + 4]!, b + y[at + 3]! + y[at + 5]!];
    }
    return [g, b];
  }

  /** The entries between two nodes: g12, b12, g21, b21. */
  private between(first: number, second: number): [number, number, number, number] {
    const { branchFrom, branchTo, twoPorts: y } = this.grid;
    const sums: [number, number, number, number] = [0, 0, 0, 0];
    for (const branch of this.around[first]!) {
      const [from, to] = [branchFrom[branch], branchTo[branch]];
      if (from === to || (from !== second && to !== second)) continue;
      const [there, back] = from === first ? [2, 4] : [4, 2];
      for (const part of [0, 1] as const) {
        sums[part] += y[8 * branch + there + part]!;
        sums[part === 0 ? 2 : 3] += y[8 * branch + back + part]!;
      }
    }
    return sums;
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
