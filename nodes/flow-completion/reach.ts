import type { Node, NodeAPI } from 'node-red';
import { configOf, type RuntimeNode } from './node-red.js';

/** Node types that only hand a message on. */
const PASSAGES = /^(junction|link in|subflow:.*)$/;

/**
 * Whether what a node sends by this output comes to any node that runs: wires may lead to disabled and missing nodes
 * only, directly or through junctions, links and subflows. To be asked when the flows stand.
 */
export function reachesAnyone(RED: NodeAPI, source: Node, output: number): boolean {
  const from = source as unknown as RuntimeNode;
  const seen = new Set<RuntimeNode>();
  const next = nodesOf(RED, from, from.wires?.[output] ?? []);
  for (let node = next.pop(); node; node = next.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const onwards = beyond(RED, node);
    if (onwards === undefined) return true;
    next.push(...onwards);
  }
  return false;
}

/** Where a node hands everything on to; undefined for one that does something itself. */
function beyond(RED: NodeAPI, node: RuntimeNode): RuntimeNode[] | undefined {
  if (PASSAGES.test(node.type)) return nodesOf(RED, node, (node.wires ?? []).flat());
  if (node.type !== 'link out') return undefined;
  const { mode, links } = configOf(RED, node) ?? {};
  // It returns to the node that called.
  if (mode === 'return') return undefined;
  return nodesOf(RED, node, Array.isArray(links) ? links.map(String) : []);
}

/** The nodes of these ids that run. */
export function nodesOf(RED: NodeAPI, from: RuntimeNode, ids: readonly string[]): RuntimeNode[] {
  return ids
    .map((id) => from._flow?.getNode?.(id) ?? (RED.nodes.getNode(id) as unknown))
    .filter((found): found is RuntimeNode => typeof found === 'object' && found !== null && 'wires' in found);
}
