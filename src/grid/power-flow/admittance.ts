/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import type { PerUnitNetwork } from '../network/per-unit-network.js';

/** All branches between two nodes taken together: the two off-diagonal entries of the admittance matrix. */
export interface Link {
  first: number;
  second: number;
  /** I_first += (g12 + j b12) V_second, and the other way round. */
  g12: number;
  b12: number;
  g21: number;
  b21: number;
}

export interface NodeAdmittances {
  /** Diagonal of the admittance matrix. */
  selfG: Float64Array;
  selfB: Float64Array;
  links: Link[];
}

/** The node admittance matrix, as its diagonal and one entry per pair of joined nodes. */
export function nodeAdmittances(grid: PerUnitNetwork): NodeAdmittances {
  const { branchFrom, branchTo, twoPorts: y } = grid;
  const selfG = Float64Array.from(grid.shuntG);
  const selfB = Float64Array.from(grid.shuntB);
  const links = new Map<number, Link>();
  for (let branch = 0; branch < branchFrom.length; branch++) {
    const from = branchFrom[branch]!;
    const to = branchTo[branch]!;
    if (from < 0) continue;
    const at = 8 * branch;
    selfG[from]! += y[at]!;
    selfB[from]! += y[at + 1]!;
    selfG[to]! += y[at + 6]!;
    selfB[to]! += y[at + 7]!;
    if (from === to) {
      // A branch whose ends a closed switch has joined, or with an open end: all of it meets one node.
      selfG[from]! += y[at + 2]! + y[at + 4]!;
      selfB[from]! += y[at + 3]! + y[at + 5]!;
      continue;
    }
    const first = Math.min(from, to);
    const second = Math.max(from, to);
    const key = first * grid.nodeCount + second;
    const link = links.get(key) ?? { first, second, g12: 0, b12: 0, g21: 0, b21: 0 };
    links.set(key, link);
    const forward = from === first ? at + 2 : at + 4;
    const backward = from === first ? at + 4 : at + 2;
    link.g12 += y[forward]!;
    link.b12 += y[forward + 1]!;
    link.g21 += y[backward]!;
    link.b21 += y[backward + 1]!;
  }
  return { selfG, selfB, links: [...links.values()] };
}

/** A link seen by places: the lower place first; a slack node has place -1 and leaves its number in `slackNode`. */
export function asPair(link: Link, placeOfNode: Int32Array): Link & { slackNode: number } {
  const first = placeOfNode[link.first]!;
  const second = placeOfNode[link.second]!;
  const slackNode = first < 0 ? link.first : link.second;
  if (first < second) return { ...link, first, second, slackNode };
  return {
    first: second,
    second: first,
    g12: link.g21,
    b12: link.b21,
    g21: link.g12,
    b21: link.b12,
    slackNode,
  };
}
