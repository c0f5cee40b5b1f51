/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import { SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';

/** For each branch, the nodes that no source reaches once it is out; empty for most. */
export type LostNodes = (branch: number) => Int32Array;

const NONE = new Int32Array(0);

/**
 * Finds the branches on which the supply of others hangs (the bridges of the graph, with all sources as one root), by
 * one depth-first walk without recursion.
 */
export function findLostNodes(grid: PerUnitNetwork): LostNodes {
  const { nodeCount, branchFrom, branchTo } = grid;
  const around: { branch: number; node: number }[][] = Array.from({ length: nodeCount }, () => []);
  branchFrom.forEach((from, branch) => {
    const to = branchTo[branch]!;
    if (from < 0 || from === to) return;
    around[from]!.push({ branch, node: to });
    around[to]!.push({ branch, node: from });
  });
  const found = new Int32Array(nodeCount).fill(-1);
  const lowest = new Int32Array(nodeCount);
  const order: number[] = [];
  const below = new Map<number, { first: number; end: number }>();
  const visit = (node: number): void => {
    found[node] = order.length;
    lowest[node] = order.length;
    order.push(node);
  };
  const sources = [...grid.kind.keys()].filter((node) => grid.kind[node] === SLACK);
  for (const root of sources) {
    if (found[root]! >= 0) continue;
    visit(root);
    const path = [{ node: root, via: -1, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const edge = around[top.node]![top.next++];
      if (edge !== undefined) {
        if (edge.branch === top.via) continue;
        const { node } = edge;
        // Every source is the root: what leads back to one hangs on no branch.
        if (grid.kind[node] === SLACK && node !== root) lowest[top.node] = -1;
        else if (found[node]! >= 0) lowest[top.node] = Math.min(lowest[top.node]!, found[node]!);
        else {
          visit(node);
          path.push({ node, via: edge.branch, next: 0 });
        }
        continue;
      }
      path.pop();
      const up = path[path.length - 1];
      if (up === undefined) continue;
      lowest[up.node] = Math.min(lowest[up.node]!, lowest[top.node]!);
      if (lowest[top.node]! === found[top.node]!)
        below.set(top.via, { first: found[top.node]!, end: order.length });
    }
  }
  return (branch) => {
    const range = below.get(branch);
    return range === undefined ? NONE : Int32Array.from(order.slice(range.first, range.end));
  };
}
