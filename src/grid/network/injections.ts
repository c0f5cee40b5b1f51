import { isInService, type Load, type Network } from './network.js';
import type { PerUnitNetwork } from './per-unit-network.js';

/** The arrays of scheduled injections: per node, and for the parts that follow the voltage p and q in turns. */
export type Injections = Pick<
  PerUnitNetwork,
  'baseMva' | 'nodeOfBus' | 'p' | 'q' | 'currentPart' | 'impedancePart'
>;

/** Fills the scheduled injections from the network's loads, generators and storages. */
export function scheduleInjections(network: Network, grid: Injections): void {
  const busNode = new Map(network.buses.map((bus, index) => [bus.id, grid.nodeOfBus[index] ?? -1]));
  for (const values of [grid.p, grid.q, grid.currentPart, grid.impedancePart]) values.fill(0);
  const inject = (bus: string, pMw: number, qMvar: number, scaling: number): void => {
    const at = busNode.get(bus) ?? -1;
    if (at < 0) return;
    add(grid.p, at, (pMw * scaling) / grid.baseMva);
    add(grid.q, at, (qMvar * scaling) / grid.baseMva);
  };
  for (const one of (network.loads ?? []).filter(isInService)) {
    const { pMw, qMvar, scaling = 1, currentPartP = 0, currentPartQ = 0 } = one;
    const { impedancePartP = 0, impedancePartQ = 0 } = one;
    const constantP = 1 - currentPartP - impedancePartP;
    const constantQ = 1 - currentPartQ - impedancePartQ;
    inject(one.bus, -pMw * constantP, -qMvar * constantQ, scaling);
    const at = busNode.get(one.bus) ?? -1;
    if (at < 0 || !followsVoltage(one)) continue;
    const [p, q] = [(-pMw * scaling) / grid.baseMva, (-qMvar * scaling) / grid.baseMva];
    add(grid.currentPart, 2 * at, p * currentPartP);
    add(grid.currentPart, 2 * at + 1, q * currentPartQ);
    add(grid.impedancePart, 2 * at, p * impedancePartP);
    add(grid.impedancePart, 2 * at + 1, q * impedancePartQ);
  }
  for (const one of (network.storages ?? []).filter(isInService)) inject(one.bus, -one.pMw, -one.qMvar, 1);
  for (const one of (network.generators ?? []).filter(isInService)) inject(one.bus, one.pMw, 0, 1);
  for (const one of (network.staticGenerators ?? []).filter(isInService)) {
    inject(one.bus, one.pMw, one.qMvar, one.scaling ?? 1);
  }
}

/** True for a load that is not constant power throughout. */
export function followsVoltage(load: Load): boolean {
  const { currentPartP = 0, currentPartQ = 0, impedancePartP = 0, impedancePartQ = 0 } = load;
  return currentPartP !== 0 || currentPartQ !== 0 || impedancePartP !== 0 || impedancePartQ !== 0;
}

/** What is scheduled at a node at the voltage given (pu): the constant part and those that follow the voltage. */
export function scheduledAt(grid: PerUnitNetwork, node: number, vm: number): { p: number; q: number } {
  const [p, q] = [grid.p[node] ?? 0, grid.q[node] ?? 0];
  if (!grid.voltageDependent) return { p, q };
  const { currentPart, impedancePart } = grid;
  return {
    p: p + vm * ((currentPart[2 * node] ?? 0) + vm * (impedancePart[2 * node] ?? 0)),
    q: q + vm * ((currentPart[2 * node + 1] ?? 0) + vm * (impedancePart[2 * node + 1] ?? 0)),
  };
}

function add(into: Float64Array, index: number, value: number): void {
  into[index] = (into[index] ?? 0) + value;
}
