import { BUILT_IN_NETWORKS, isBuiltInName, type BuiltInName } from '../built-in/built-in.js';
import type { DeviceConfig } from '../devices/create.js';
import type { Conditions } from '../devices/device.js';
import type { GridTieConfig } from '../devices/grid-tie.js';
import { readMatpower } from '../network/matpower/import.js';
import type { Network } from '../network/network.js';
import { readPandapower } from '../network/pandapower/import.js';
import type { PandapowerOptions } from '../network/pandapower/options.js';
import type { PowerFlowOptions } from '../power-flow/solver-options.js';
import { checkPart, invalid, RULES } from './check-config.js';

/** Somebody who controls devices and answers for a part of the network: a microgrid, a network operator. */
export interface AgentConfig {
  id: string;
  devices: DeviceConfig[];
  /** The agent answers for buses whose id begins with this, and branches that start there; default all. */
  area?: string;
  /** Where the agent buys and sells energy; default nowhere. */
  tie?: GridTieConfig;
  /** Its price expectation in the peer-to-peer market, currency per MWh; default 50. */
  marginalCost?: number;
}

export interface EnvironmentConfig {
  /** A built-in network by name, one's own, or the text of a MATPOWER case or of pandapower's JSON. */
  network:
    | BuiltInName
    | Network
    | { matpower: string }
    | ({ pandapower: string } & Pick<PandapowerOptions, 'phaseShift'>);
  agents: AgentConfig[];
  /** Factor on all loads, besides the profile; default 1. */
  loadScale?: number;
  /** Default 1 hour. */
  stepHours?: number;
  /** Default 24. */
  episodeSteps?: number;
  /** Seed of the synthetic profiles and of random starts; default 0. */
  seed?: number;
  /** Profiles of one's own, repeated when they end; default synthetic days. */
  conditions?: Conditions[];
  /** Reward = -cost - penalty x safety; default 10. */
  penalty?: number;
  /** Reward and safety of each agent when the power flow has no solution; default -200 and 20. */
  failureReward?: number;
  failureSafety?: number;
  /** Give every agent the mean reward; default false. */
  shareReward?: boolean;
  /** Clear a peer-to-peer market each step; default false. */
  trade?: boolean;
  powerFlow?: PowerFlowOptions;
}

/** More would be a mistake rather than a simulation. */
export const MAXIMUM_DEVICES = 10_000;

/**
 * Checks the parts of a configuration that are not checked elsewhere (networks, devices and the power flow check
 * themselves).
 *
 * @throws GridwireError GRID_SETTING_INVALID
 */
export function checkEnvironment(config: EnvironmentConfig): void {
  checkPart('the environment', config, RULES.environment, ['network', 'agents']);
  const { agents, powerFlow, conditions } = config;
  if (powerFlow !== undefined) checkPart('powerFlow', powerFlow, RULES.powerFlow);
  for (const [at, agent] of (agents as (AgentConfig | null)[]).entries()) {
    const { id } = (agent ?? {}) as { id?: unknown };
    const where = typeof id === 'string' ? `agent "${id}"` : `agent ${at + 1}`;
    checkPart(where, agent, RULES.agent, ['id', 'devices']);
    if (agent?.tie !== undefined) checkPart(`${where}: tie`, agent.tie, RULES.tie, ['source']);
  }
  for (const [at, one] of (conditions ?? []).entries())
    checkPart(`conditions, step ${at + 1}`, one, RULES.conditions, Object.keys(RULES.conditions));
  const devices = agents.flatMap((agent) => agent.devices);
  if (devices.length > MAXIMUM_DEVICES) throw invalid(`at most ${MAXIMUM_DEVICES} devices are accepted`);
  for (const [word, ids] of [
    ['agent', agents.map(({ id }) => id)],
    ['device', devices.map((device) => (device as DeviceConfig | null)?.id)],
  ] as const) {
    const double = ids.find((id, index) => id !== undefined && ids.indexOf(id) !== index);
    if (double !== undefined) throw invalid(`${word} "${double}" occurs twice`);
  }
  if (!((config.episodeSteps ?? 1) > 0)) throw invalid('episodeSteps must be a whole number above zero');
  if (conditions?.length === 0) throw invalid('conditions must hold at least one step');
}

/** The network that a configuration means, as a copy of its own, and what its reader has to say of it. */
export function networkOf({ network }: EnvironmentConfig): { network: Network; warnings: string[] } {
  if ((network as unknown) === null) throw invalid('network must not be null');
  if (typeof network === 'object') {
    if ('matpower' in network || 'pandapower' in network) {
      checkPart('network', network, RULES.file);
      if ('matpower' in network) return readMatpower(network.matpower);
      const { phaseShift } = network;
      return readPandapower(network.pandapower, phaseShift === undefined ? {} : { phaseShift });
    }
    return { network: structuredClone(network), warnings: [] };
  }
  if (!isBuiltInName(network)) {
    throw invalid(`network "${String(network)}" is not one of ${Object.keys(BUILT_IN_NETWORKS).join(', ')}`);
  }
  return { network: BUILT_IN_NETWORKS[network](), warnings: [] };
}
