import { scheduleInjections, followsVoltage } from './injections.js';
import { addHeldByGenerators, heldBySources } from './held-voltages.js';
import { isInService, type Network } from './network.js';
import { PV, SLACK, type PerUnitNetwork } from './per-unit-network.js';
import { shuntPower } from './shunt.js';
import { tappedTransformer } from './tap.js';
import { findIslands, findTopology, type Topology } from './topology.js';
import { branchTwoPort, lineTwoPort, openEnded, transformerTwoPort, type TwoPort } from './two-port.js';
import { validateNetwork } from './validate.js';

/**
 * Checks a network and brings it into per unit.
 *
 * @throws GridwireError NETWORK_INVALID naming the element that is wrong
 */
export function toPerUnit(network: Network): PerUnitNetwork {
  validateNetwork(network);
  const topology = findTopology(network);
  const { nodeCount, nodeOfBus } = topology;
  const nodes = new Map(network.buses.map((bus, index) => [bus.id, nodeOfBus[index] ?? -1]));
  const node = (busId: string): number => nodes.get(busId) ?? -1;
  const held = heldBySources(network, node);
  const slackOf = findIslands(topology, held.keys());
  addHeldByGenerators(held, network, (bus) => ((slackOf[node(bus)] ?? -1) < 0 ? -1 : node(bus)));
  const zeros = (): Float64Array => new Float64Array(nodeCount);
  const grid: PerUnitNetwork = {
    ...{ baseMva: network.baseMva, nodeCount, nodeOfBus },
    kind: new Uint8Array(nodeCount),
    slackOf,
    ...connectBranches(network, topology),
    ...{ shuntG: zeros(), shuntB: zeros(), vmSet: zeros().fill(1), vaSet: zeros() },
    ...{ vmCase: zeros().fill(NaN), vaCase: zeros().fill(NaN), p: zeros(), q: zeros() },
    ...{ currentPart: new Float64Array(2 * nodeCount), impedancePart: new Float64Array(2 * nodeCount) },
    voltageDependent: (network.loads ?? []).some((load) => isInService(load) && followsVoltage(load)),
    ...{ qMin: zeros().fill(-Infinity), qMax: zeros().fill(Infinity) },
  };
  for (const [at, { kind, vmPu, vaDegree, limits }] of held) {
    grid.kind[at] = kind === 'source' ? SLACK : PV;
    grid.vmSet[at] = vmPu;
    grid.vaSet[at] = radians(vaDegree);
    if (kind === 'source') continue;
    grid.qMin[at] = limits.min / grid.baseMva;
    grid.qMax[at] = limits.max / grid.baseMva;
  }
  addShunts(network, grid, node);
  rememberSolution(network, grid);
  scheduleInjections(network, grid);
  return grid;
}

function connectBranches(
  network: Network,
  topology: Topology,
): Pick<PerUnitNetwork, 'branchFrom' | 'branchTo' | 'twoPorts' | 'shift'> {
  const kv = new Map(network.buses.map((bus) => [bus.id, bus.nominalKv]));
  const kvOf = (bus: string): number => kv.get(bus) ?? 0;
  const { baseMva, frequencyHz = 50 } = network;
  const branches: { port: () => TwoPort; shift: number }[] = [
    ...(network.lines ?? []).map((line) => ({
      port: () => lineTwoPort(line, kvOf(line.from), baseMva, frequencyHz),
      shift: 0,
    })),
    ...(network.transformers ?? []).map((one) => ({
      port: () => transformerTwoPort(one, kvOf(one.hv), kvOf(one.lv), baseMva),
      shift: radians(one.shiftDegree ?? 0) + tappedTransformer(one).shift,
    })),
    ...(network.branches ?? []).map((one) => ({
      port: () => branchTwoPort(one),
      shift: radians(one.shiftDegree ?? 0),
    })),
  ];
  const branchFrom = Int32Array.from(topology.from);
  const branchTo = Int32Array.from(topology.to);
  const twoPorts = new Float64Array(8 * branches.length);
  branches.forEach(({ port }, branch) => {
    const from = topology.from[branch] ?? -1;
    const to = topology.to[branch] ?? -1;
    // What is out of service is not looked at: it may hold anything.
    if (from < 0 && to < 0) return;
    const live = port();
    twoPorts.set(from < 0 ? openEnded(live, 'from') : to < 0 ? openEnded(live, 'to') : live, 8 * branch);
    // An open end carries no current whatever its voltage: any node serves as its place.
    if (from < 0) branchFrom[branch] = to;
    if (to < 0) branchTo[branch] = from;
  });
  return { branchFrom, branchTo, twoPorts, shift: Float64Array.from(branches, ({ shift }) => shift) };
}

function addShunts(network: Network, grid: PerUnitNetwork, node: (bus: string) => number): void {
  for (const shunt of network.shunts ?? []) {
    const at = node(shunt.bus);
    if (!isInService(shunt) || at < 0) continue;
    const { pMw, qMvar } = shuntPower(shunt);
    grid.shuntG[at] = (grid.shuntG[at] ?? 0) + pMw / grid.baseMva;
    grid.shuntB[at] = (grid.shuntB[at] ?? 0) - qMvar / grid.baseMva;
  }
}

function rememberSolution(network: Network, grid: PerUnitNetwork): void {
  network.buses.forEach(({ vmPu, vaDegree }, index) => {
    const at = grid.nodeOfBus[index] ?? -1;
    if (at < 0 || vmPu === undefined || vaDegree === undefined) return;
    grid.vmCase[at] = vmPu;
    grid.vaCase[at] = radians(vaDegree);
  });
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
