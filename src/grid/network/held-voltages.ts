import { GridwireError } from '../../errors.js';
import { isInService, type Network } from './network.js';

/** The voltage that sources or generators hold at a node. */
export interface HeldVoltage {
  kind: 'source' | 'generator';
  vmPu: number;
  vaDegree: number;
  /** Sum of the generators' reactive limits, Mvar. */
  limits: { min: number; max: number };
  /** Who said so first, for messages. */
  by: string;
}

/** Set-points closer than this are one. */
const SAME = 1e-9;

type NodeOf = (bus: string) => number;

/**
 * Finds what sources hold at each node. Those at one node must agree.
 *
 * @param node node of a bus, -1 for one out of service
 * @throws GridwireError NETWORK_INVALID naming the sources that disagree
 */
export function heldBySources(network: Network, node: NodeOf): Map<number, HeldVoltage> {
  const held = new Map<number, HeldVoltage>();
  for (const { id, bus, vmPu, vaDegree = 0, inService } of network.sources) {
    const at = node(bus);
    if (inService === false || at < 0) continue;
    const by = `source "${id}"`;
    const other = held.get(at);
    if (other === undefined) {
      held.set(at, { kind: 'source', vmPu, vaDegree, limits: { min: -Infinity, max: Infinity }, by });
      continue;
    }
    if (Math.abs(other.vmPu - vmPu) > SAME) throw conflict(by, `${vmPu} pu`, other.by, `${other.vmPu} pu`);
    if (Math.abs(other.vaDegree - vaDegree) > SAME) {
      throw conflict(by, `${vaDegree} degrees`, other.by, `${other.vaDegree} degrees`);
    }
  }
  return held;
}

/**
 * Adds what generators hold; those at one node must agree with each other and with a source there.
 *
 * @param node node of a bus, -1 for one out of service or without supply, where nothing is held
 * @throws GridwireError NETWORK_INVALID naming the elements that disagree
 */
export function addHeldByGenerators(held: Map<number, HeldVoltage>, network: Network, node: NodeOf): void {
  for (const { id, bus, vmPu, minQMvar, maxQMvar } of (network.generators ?? []).filter(isInService)) {
    const at = node(bus);
    if (at < 0) continue;
    const by = `generator "${id}"`;
    const limits = { min: minQMvar ?? -Infinity, max: maxQMvar ?? Infinity };
    const other = held.get(at);
    if (other === undefined) {
      held.set(at, { kind: 'generator', vmPu, vaDegree: 0, limits, by });
      continue;
    }
    if (Math.abs(other.vmPu - vmPu) > SAME) throw conflict(by, `${vmPu} pu`, other.by, `${other.vmPu} pu`);
    other.limits.min += limits.min;
    other.limits.max += limits.max;
  }
}

function conflict(first: string, holds: string, second: string, other: string): GridwireError {
  return new GridwireError(
    'NETWORK_INVALID',
    `The network is not usable: ${first} holds ${holds} where ${second} at the same bus holds ${other}; ` +
      'give both the same.',
    { details: { element: first, problem: 'conflicting voltage set-points' } },
  );
}
