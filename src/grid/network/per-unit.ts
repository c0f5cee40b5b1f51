import { GridwireError } from '../../errors.js';
import { isInService, type Network } from './network.js';
import { findIslands, findTopology, twoSlacks, type Topology } from './topology.js';
import { branchTwoPort, lineTwoPort, openEnded, transformerTwoPort, type TwoPort } from './two-port.js';
import { validateNetwork } from './validate.js';

export const PQ = 0;
export const PV = 1;
export const SLACK = 2;

/**
 * The network as the power flow sees it: nodes and two-ports in typed arrays, per unit of `baseMva`, angles in
 * radians. Injections count into the node. The arrays may be changed between two solutions; the structure
 * (nodes, ends, kinds) is fixed, and a changed switch, tap or branch needs a new one.
 */
export interface PerUnitNetwork {
  readonly baseMva: number;
  readonly nodeCount: number;
  /** Node of each bus, in table order; -1 for a bus out of service. */
  readonly nodeOfBus: Int32Array;
  /** PQ, PV or SLACK per node. */
  readonly kind: Uint8Array;
  /** The slack node that feeds each node; -1 where no source can reach. */
  readonly slackOf: Int32Array;
  /** Branches in the order lines, transformers, branches of the network; both ends -1 when out of service. */
  readonly branchFrom: Int32Array;
  readonly branchTo: Int32Array;
  /** Eight numbers per branch, see `TwoPort`. */
  readonly twoPorts: Float64Array;
  /** Shunt admittance per node. */
  readonly shuntG: Float64Array;
  readonly shuntB: Float64Array;
  /** Magnitude to hold at PV and slack nodes and to start from elsewhere (1 pu). */
  readonly vmSet: Float64Array;
  /** Angle to hold at slack nodes and to start from elsewhere: the slack's, turned by the transformers between. */
  readonly vaSet: Float64Array;
  /** Scheduled injection per node. */
  readonly p: Float64Array;
  readonly q: Float64Array;
  /** Sum of the reactive limits of the generators at a PV node; infinite where none is given. */
  readonly qMin: Float64Array;
  readonly qMax: Float64Array;
}

/**
 * Checks a network and brings it into per unit.
 *
 * @throws GridwireError NETWORK_INVALID naming the element that is wrong
 */
export function toPerUnit(network: Network): PerUnitNetwork {
  validateNetwork(network);
  const topology = findTopology(network);
  const { nodeCount, nodeOfBus } = topology;
  const node = nodeLookup(network, topology);
  const grid: PerUnitNetwork = {
    baseMva: network.baseMva,
    nodeCount,
    nodeOfBus,
    kind: new Uint8Array(nodeCount),
    slackOf: findIslands(topology, placeSources(network, node)),
    ...connectBranches(network, topology),
    shuntG: new Float64Array(nodeCount),
    shuntB: new Float64Array(nodeCount),
    vmSet: new Float64Array(nodeCount).fill(1),
    vaSet: new Float64Array(nodeCount),
    p: new Float64Array(nodeCount),
    q: new Float64Array(nodeCount),
    qMin: new Float64Array(nodeCount).fill(-Infinity),
    qMax: new Float64Array(nodeCount).fill(Infinity),
  };
  addShunts(network, grid, node);
  holdVoltages(network, grid, node);
  spreadAngles(network, grid);
  scheduleInjections(network, grid);
  return grid;
}

type NodeOf = (busId: string) => number;

function nodeLookup(network: Network, topology: Topology): NodeOf {
  const nodes = new Map(network.buses.map((bus, index) => [bus.id, topology.nodeOfBus[index] ?? -1]));
  return (busId) => nodes.get(busId) ?? -1;
}

function placeSources(network: Network, node: NodeOf): Map<number, string> {
  const sourceOfNode = new Map<number, string>();
  for (const source of network.sources) {
    const at = node(source.bus);
    if (!isInService(source) || at < 0) continue;
    const other = sourceOfNode.get(at);
    if (other !== undefined) throw twoSlacks(other, source.id);
    sourceOfNode.set(at, source.id);
  }
  return sourceOfNode;
}

function connectBranches(
  network: Network,
  topology: Topology,
): Pick<PerUnitNetwork, 'branchFrom' | 'branchTo' | 'twoPorts'> {
  const kv = new Map(network.buses.map((bus) => [bus.id, bus.nominalKv]));
  const kvOf = (bus: string): number => kv.get(bus) ?? 0;
  const { baseMva, frequencyHz = 50 } = network;
  const ports: TwoPort[] = [
    ...(network.lines ?? []).map((line) => lineTwoPort(line, kvOf(line.from), baseMva, frequencyHz)),
    ...(network.transformers ?? []).map((one) =>
      transformerTwoPort(one, kvOf(one.hv), kvOf(one.lv), baseMva),
    ),
    ...(network.branches ?? []).map(branchTwoPort),
  ];
  const branchFrom = Int32Array.from(topology.from);
  const branchTo = Int32Array.from(topology.to);
  const twoPorts = new Float64Array(8 * ports.length);
  ports.forEach((port, branch) => {
    const from = topology.from[branch] ?? -1;
    const to = topology.to[branch] ?? -1;
    if (from < 0 && to < 0) return;
    twoPorts.set(from < 0 ? openEnded(port, 'from') : to < 0 ? openEnded(port, 'to') : port, 8 * branch);
    // An open end carries no current whatever its voltage: any node serves as its place.
    if (from < 0) branchFrom[branch] = to;
    if (to < 0) branchTo[branch] = from;
  });
  return { branchFrom, branchTo, twoPorts };
}

function addShunts(network: Network, grid: PerUnitNetwork, node: NodeOf): void {
  for (const shunt of network.shunts ?? []) {
    const at = node(shunt.bus);
    if (!isInService(shunt) || at < 0) continue;
    const perUnit = (shunt.step ?? 1) / grid.baseMva;
    add(grid.shuntG, at, shunt.pMw * perUnit);
    add(grid.shuntB, at, -shunt.qMvar * perUnit);
  }
}

function holdVoltages(network: Network, grid: PerUnitNetwork, node: NodeOf): void {
  const limited = new Map<number, { min: number; max: number }>();
  for (const generator of network.generators ?? []) {
    const at = node(generator.bus);
    if (!isInService(generator) || at < 0) continue;
    if (grid.kind[at] === PV && Math.abs((grid.vmSet[at] ?? 1) - generator.vmPu) > 1e-9) {
      throw new GridwireError(
        'NETWORK_INVALID',
        `The network is not usable: generator "${generator.id}" holds ${generator.vmPu} pu where another ` +
          `generator at the same bus holds ${grid.vmSet[at] ?? 1} pu; give both the same vmPu.`,
        { details: { element: `generator "${generator.id}"`, problem: 'conflicting voltage set-points' } },
      );
    }
    grid.kind[at] = PV;
    grid.vmSet[at] = generator.vmPu;
    const sum = limited.get(at) ?? { min: 0, max: 0 };
    sum.min += (generator.minQMvar ?? -Infinity) / grid.baseMva;
    sum.max += (generator.maxQMvar ?? Infinity) / grid.baseMva;
    limited.set(at, sum);
  }
  for (const [at, { min, max }] of limited) {
    grid.qMin[at] = min;
    grid.qMax[at] = max;
  }
  for (const source of network.sources) {
    const at = node(source.bus);
    if (!isInService(source) || at < 0) continue;
    grid.kind[at] = SLACK;
    grid.vmSet[at] = source.vmPu;
    grid.vaSet[at] = ((source.vaDegree ?? 0) * Math.PI) / 180;
  }
}

/**
 * Gives every node the angle it would have without load. A start at zero behind a vector group of 150 degrees would
 * not converge.
 */
function spreadAngles(network: Network, grid: PerUnitNetwork): void {
  const shifts = [
    ...(network.lines ?? []).map(() => 0),
    ...[...(network.transformers ?? []), ...(network.branches ?? [])].map((one) => one.shiftDegree ?? 0),
  ];
  const neighbours = Array.from({ length: grid.nodeCount }, () => [] as [node: number, shift: number][]);
  shifts.forEach((shift, branch) => {
    const from = grid.branchFrom[branch] ?? -1;
    const to = grid.branchTo[branch] ?? -1;
    neighbours[from]?.push([to, -shift]);
    neighbours[to]?.push([from, shift]);
  });
  const queue = [...grid.kind.keys()].filter((node) => grid.kind[node] === SLACK);
  const reached = new Set(queue);
  for (const node of queue) {
    for (const [next, shift] of neighbours[node] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      queue.push(next);
      grid.vaSet[next] = (grid.vaSet[node] ?? 0) + (shift * Math.PI) / 180;
    }
  }
}

/** Fills the scheduled injections from the network's loads, generators and storages. */
export function scheduleInjections(network: Network, grid: PerUnitNetwork): void {
  const busNode = new Map(network.buses.map((bus, index) => [bus.id, grid.nodeOfBus[index] ?? -1]));
  grid.p.fill(0);
  grid.q.fill(0);
  const inject = (bus: string, pMw: number, qMvar: number, scaling: number): void => {
    const at = busNode.get(bus) ?? -1;
    if (at < 0) return;
    add(grid.p, at, (pMw * scaling) / grid.baseMva);
    add(grid.q, at, (qMvar * scaling) / grid.baseMva);
  };
  for (const one of (network.loads ?? []).filter(isInService)) {
    inject(one.bus, -one.pMw, -one.qMvar, one.scaling ?? 1);
  }
  for (const one of (network.storages ?? []).filter(isInService)) inject(one.bus, -one.pMw, -one.qMvar, 1);
  for (const one of (network.generators ?? []).filter(isInService)) inject(one.bus, one.pMw, 0, 1);
  for (const one of (network.staticGenerators ?? []).filter(isInService)) {
    inject(one.bus, one.pMw, one.qMvar, one.scaling ?? 1);
  }
}

function add(into: Float64Array, index: number, value: number): void {
  into[index] = (into[index] ?? 0) + value;
}
