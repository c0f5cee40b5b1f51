import { GridwireError } from '../../errors.js';
import { isInService, type Network } from './network.js';

export interface Topology {
  /** Node of each bus, in table order; -1 for a bus out of service. Buses joined by closed switches share a node. */
  nodeOfBus: Int32Array;
  nodeCount: number;
  /** Branch ends, in the order lines, transformers, branches; -1 for an open end. */
  from: Int32Array;
  to: Int32Array;
}

/** Joins buses over closed switches and finds out which branch ends are connected. */
export function findTopology(network: Network): Topology {
  const indexOfBus = new Map(network.buses.map((bus, index) => [bus.id, index]));
  const busIndex = (id: string): number => indexOfBus.get(id) ?? -1;
  const groups = new DisjointSets(network.buses.length);
  const openEnds = new Set<string>();
  for (const one of network.switches ?? []) {
    const closed = one.closed && isInService(one);
    if (one.elementKind === 'bus') {
      if (closed) groups.join(busIndex(one.bus), busIndex(one.element));
    } else if (!closed) {
      openEnds.add(endKey(one.elementKind, one.element, one.bus));
    }
  }
  const { nodeOfBus, nodeCount } = numberNodes(network, groups);
  const ends: [number, number][] = [];
  const addEnds = (kind: string, id: string, inService: boolean, buses: [string, string]): void => {
    const nodes = buses.map((bus) => {
      if (!inService || openEnds.has(endKey(kind, id, bus))) return -1;
      return nodeOfBus[busIndex(bus)] ?? -1;
    });
    ends.push([nodes[0] ?? -1, nodes[1] ?? -1]);
  };
  for (const line of network.lines ?? []) addEnds('line', line.id, isInService(line), [line.from, line.to]);
  for (const one of network.transformers ?? [])
    addEnds('transformer', one.id, isInService(one), [one.hv, one.lv]);
  for (const one of network.branches ?? []) addEnds('branch', one.id, isInService(one), [one.from, one.to]);
  return {
    nodeOfBus,
    nodeCount,
    from: Int32Array.from(ends, ([from]) => from),
    to: Int32Array.from(ends, ([, to]) => to),
  };
}

function endKey(kind: string, id: string, bus: string): string {
  return JSON.stringify([kind, id, bus]);
}

function numberNodes(network: Network, groups: DisjointSets): { nodeOfBus: Int32Array; nodeCount: number } {
  const nodeOfBus = new Int32Array(network.buses.length).fill(-1);
  const nodeOfGroup = new Map<number, number>();
  network.buses.forEach((bus, index) => {
    if (!isInService(bus)) return;
    const group = groups.find(index);
    const node = nodeOfGroup.get(group) ?? nodeOfGroup.size;
    nodeOfGroup.set(group, node);
    nodeOfBus[index] = node;
  });
  return { nodeOfBus, nodeCount: nodeOfGroup.size };
}

/**
 * Finds the source of each node: its node, or -1 where none can reach.
 *
 * @param sourceOfNode id of the source at each node, where there is one
 * @throws GridwireError NETWORK_INVALID when two sources feed one island: both would fix its voltage
 */
export function findIslands(topology: Topology, sourceOfNode: ReadonlyMap<number, string>): Int32Array {
  const islands = new DisjointSets(topology.nodeCount);
  topology.from.forEach((from, branch) => {
    const to = topology.to[branch] ?? -1;
    if (from >= 0 && to >= 0) islands.join(from, to);
  });
  const slackOfIsland = new Map<number, number>();
  for (const [node, source] of sourceOfNode) {
    const island = islands.find(node);
    const other = slackOfIsland.get(island);
    if (other !== undefined) throw twoSlacks(sourceOfNode.get(other) ?? '', source);
    slackOfIsland.set(island, node);
  }
  return Int32Array.from(
    { length: topology.nodeCount },
    (_, node) => slackOfIsland.get(islands.find(node)) ?? -1,
  );
}

export function twoSlacks(first: string, second: string): GridwireError {
  return new GridwireError(
    'NETWORK_INVALID',
    `The network is not usable: source "${first}" and source "${second}" feed the same island; ` +
      'make one of them a generator or open the connection between them.',
    { details: { element: `source "${second}"`, problem: 'two slacks in one island' } },
  );
}

class DisjointSets {
  private readonly parent: Int32Array;

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, index) => index);
  }

  find(index: number): number {
    let root = index;
    for (let up = this.parent[root]; up !== undefined && up !== root; up = this.parent[root]) {
      this.parent[root] = this.parent[up] ?? up;
      root = up;
    }
    return root;
  }

  join(first: number, second: number): void {
    this.parent[this.find(first)] = this.find(second);
  }
}
