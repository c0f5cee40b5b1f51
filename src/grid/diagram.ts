import type { Device } from './devices/device.js';
import { isInService, type Network } from './network/network.js';

export interface DiagramBus {
  id: string;
  /** Grid coordinates: x counts steps from the source, y rows. */
  x: number;
  y: number;
  low: number;
  high: number;
  source: boolean;
}

export interface DiagramBranch {
  id: string;
  /** `switch` is a closed connection between two buses. */
  kind: 'line' | 'transformer' | 'branch' | 'switch';
  from: number;
  to: number;
  inService: boolean;
  /** Place among the loadings of a step (lines, then transformers); missing for the others. */
  loading?: number;
}

/** A network as it is drawn: buses in table order with places, branches between them, devices at them. */
export interface Diagram {
  name: string;
  buses: DiagramBus[];
  branches: DiagramBranch[];
  devices: { id: string; kind: string; bus: number }[];
}

/**
 * Lays a network out as a tree from its sources: each bus one column right of the bus it is fed from, branches of a
 * bus below each other. Meshes show as lines between branches of the tree.
 */
export function layOut(network: Network, devices: readonly Device[] = []): Diagram {
  const index = new Map(network.buses.map(({ id }, at) => [id, at]));
  const at = (id: string): number => index.get(id) ?? -1;
  const branches = branchesOf(network, at);
  const places = placeBuses(network, branches, at);
  const sources = new Set(network.sources.filter(isInService).map(({ bus }) => bus));
  return {
    name: network.name,
    buses: network.buses.map(({ id, minPu = 0.95, maxPu = 1.05 }, bus) => ({
      ...{ id, low: minPu, high: maxPu, source: sources.has(id) },
      ...(places[bus] ?? { x: 0, y: 0 }),
    })),
    branches,
    devices: devices
      .map(({ id, kind, at: bus }) => ({ id, kind, bus: at(bus) }))
      .filter(({ bus }) => bus >= 0),
  };
}

function branchesOf(network: Network, at: (id: string) => number): DiagramBranch[] {
  const lines = network.lines ?? [];
  return [
    ...lines.map((line, loading): DiagramBranch => ({
      ...{
        id: line.id,
        kind: 'line',
        from: at(line.from),
        to: at(line.to),
        inService: isInService(line),
        loading,
      },
    })),
    ...(network.transformers ?? []).map((one, position): DiagramBranch => ({
      ...{ id: one.id, kind: 'transformer', from: at(one.hv), to: at(one.lv), inService: isInService(one) },
      loading: lines.length + position,
    })),
    ...(network.branches ?? []).map((one): DiagramBranch => ({
      ...{ id: one.id, kind: 'branch', from: at(one.from), to: at(one.to), inService: isInService(one) },
    })),
    ...(network.switches ?? [])
      .filter(({ elementKind }) => elementKind === 'bus')
      .map((one): DiagramBranch => ({
        ...{ id: one.id, kind: 'switch', from: at(one.bus), to: at(one.element) },
        inService: one.closed && isInService(one),
      })),
  ];
}

/** Depth first, so that each branch of the tree gets rows of its own; without recursion, as feeders may be long. */
function placeBuses(
  network: Network,
  branches: readonly DiagramBranch[],
  at: (id: string) => number,
): { x: number; y: number }[] {
  const around = network.buses.map(() => [] as number[]);
  for (const { from, to, inService } of branches) {
    if (!inService) continue;
    around[from]?.push(to);
    around[to]?.push(from);
  }
  const places: { x: number; y: number }[] = [];
  let row = -1;
  const roots = [...network.sources.map(({ bus }) => at(bus)), ...network.buses.keys()];
  for (const root of roots) {
    if (places[root] !== undefined) continue;
    const stack = [{ bus: root, x: 0, y: ++row }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { bus, x } = next;
      if (places[bus] !== undefined) continue;
      // The first branch of a bus goes on in its row; every other one opens a row when its turn comes.
      const y = next.y < 0 ? ++row : next.y;
      places[bus] = { x, y };
      const open = (around[bus] ?? []).filter((neighbour) => places[neighbour] === undefined);
      open.reverse().forEach((neighbour, rank) => {
        stack.push({ bus: neighbour, x: x + 1, y: rank === open.length - 1 ? y : -1 });
      });
    }
  }
  return places;
}
