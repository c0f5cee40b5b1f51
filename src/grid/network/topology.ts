import { isInService, type Network } from './network.js';

export interface Topology {
  /** Node of each bus, in table order; -1 for a bus out of service. Buses joined by closed switches share a node. */
  nodeOfBus: Int32Array;
  nodeCount: number;
  /** Branch ends, in the order lines, transformers, branches; -1 for an open end. */
  from: Int32Array;
  to: Int32Array;
}

/**
 * Joins buses over closed switches and finds out which branch ends are connected. A line stays live when one of its
 * buses is out of service, open at that end; anything else needs both of its buses. (As in pandapower; a MATPOWER
 * branch at an isolated bus is out as well.)
 */
export function findTopology(network: Network): Topology {
  const indexOfBus = new Map(network.buses.map((bus, index) => [bus.id, index]));
  const busIndex = (id: string): number => indexOfBus.get(id) ?? -1;
  const { groups, openEnds } = readSwitches(network, busIndex);
  const { nodeOfBus, nodeCount } = numberNodes(network, groups);
  const ends: [number, number][] = [];
  const addEnds = (kind: string, id: string, inService: boolean, buses: [string, string]): void => {
    const places = buses.map((bus) => nodeOfBus[busIndex(bus)] ?? -1);
    const dead = !inService || (kind !== 'line' && places.includes(-1));
    const [from = -1, to = -1] = places.map((node, end) =>
      dead || openEnds.has(endKey(kind, id, buses[end] ?? '')) ? -1 : node,
    );
    ends.push([from, to]);
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

function readSwitches(
  network: Network,
  busIndex: (id: string) => number,
): { groups: DisjointSets; openEnds: Set<string> } {
  const groups = new DisjointSets(network.buses.length);
  const openEnds = new Set<string>();
  const live = network.buses.map(isInService);
  for (const one of network.switches ?? []) {
    const closed = one.closed && isInService(one);
    if (one.elementKind !== 'bus') {
      if (!closed) openEnds.add(endKey(one.elementKind, one.element, one.bus));
      continue;
    }
    const [first, second] = [busIndex(one.bus), busIndex(one.element)];
    // A bus out of service joins nothing: two switches to it do not make one node of their other ends.
    if (closed && live[first] === true && live[second] === true) groups.join(first, second);
  }
  return { groups, openEnds };
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
 * Finds a source of each node: its node, or -1 where none can reach. An island may have several; one of them stands
 * for the island.
 */
export function findIslands(topology: Topology, sourceNodes: Iterable<number>): Int32Array {
  const islands = new DisjointSets(topology.nodeCount);
  topology.from.forEach((from, branch) => {
    const to = topology.to[branch] ?? -1;
    if (from >= 0 && to >= 0) islands.join(from, to);
  });
  const slackOfIsland = new Map<number, number>();
  for (const node of sourceNodes) {
    const island = islands.find(node);
    if (!slackOfIsland.has(island)) slackOfIsland.set(island, node);
  }
  return Int32Array.from(
    { length: topology.nodeCount },
    (_, node) => slackOfIsland.get(islands.find(node)) ?? -1,
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
