import { GridwireError } from '../../errors.js';
import { BUILT_IN_NETWORKS, isBuiltInName, type BuiltInName } from '../built-in/built-in.js';
import type { DeviceConfig } from '../devices/create.js';
import type { Conditions } from '../devices/device.js';
import type { GridTieConfig } from '../devices/grid-tie.js';
import { strangerIn } from '../../known-keys.js';
import { readMatpower } from '../network/matpower/import.js';
import type { Network } from '../network/network.js';
import { readPandapower } from '../network/pandapower/import.js';
import type { PandapowerOptions } from '../network/pandapower/options.js';
import type { PowerFlowOptions } from '../power-flow/power-flow.js';

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

/** What each part of a configuration may hold; networks and devices have lists of their own. */
const KNOWN = {
  environment: new Set(
    (
      'network agents loadScale stepHours episodeSteps seed conditions penalty failureReward failureSafety ' +
      'shareReward trade powerFlow'
    ).split(' '),
  ),
  agent: new Set(['id', 'devices', 'area', 'tie', 'marginalCost']),
  tie: new Set(['source', 'exportFactor']),
  powerFlow: new Set('method start reactiveLimits tolerancePu maximumIterations keepFactors'.split(' ')),
  file: new Set(['matpower', 'pandapower', 'phaseShift']),
};

/**
 * Checks the parts of a configuration that are not checked elsewhere (networks and devices check themselves).
 *
 * @throws GridwireError GRID_SETTING_INVALID
 */
export function checkEnvironment(config: EnvironmentConfig): void {
  const { agents } = config;
  if (!Array.isArray(agents)) throw invalid('agents must be a list');
  checkKnown('the environment', config, KNOWN.environment);
  checkKnown('powerFlow', config.powerFlow, KNOWN.powerFlow);
  for (const agent of agents) {
    checkKnown(`agent "${agent.id}"`, agent, KNOWN.agent);
    checkKnown(`agent "${agent.id}": tie`, agent.tie, KNOWN.tie);
  }
  const devices = agents.flatMap((agent) => agent.devices);
  if (devices.length > MAXIMUM_DEVICES) throw invalid(`at most ${MAXIMUM_DEVICES} devices are accepted`);
  for (const [word, ids] of [
    ['agent', agents.map(({ id }) => id)],
    ['device', devices.map(({ id }) => id)],
  ] as const) {
    const double = ids.find((id, index) => ids.indexOf(id) !== index);
    if (double !== undefined) throw invalid(`${word} "${double}" occurs twice`);
  }
  const { stepHours = 1, episodeSteps = 24, conditions } = config;
  if (!(Number.isFinite(stepHours) && stepHours > 0)) throw invalid('stepHours must be greater than zero');
  if (!(Number.isInteger(episodeSteps) && episodeSteps > 0))
    throw invalid('episodeSteps must be a whole number');
  if (conditions?.length === 0) throw invalid('conditions must hold at least one step');
}

function checkKnown(where: string, holder: object | undefined, known: ReadonlySet<string>): void {
  const problem = strangerIn(holder ?? {}, known);
  if (problem !== undefined) throw invalid(`${where}: ${problem}`);
}

/** The network that a configuration means, as a copy of its own, and what its reader has to say of it. */
export function networkOf({ network }: EnvironmentConfig): { network: Network; warnings: string[] } {
  if (typeof network === 'object') {
    if ('matpower' in network || 'pandapower' in network) {
      checkKnown('network', network, KNOWN.file);
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

export function invalid(problem: string): GridwireError {
  return new GridwireError('GRID_SETTING_INVALID', `The grid environment is not usable: ${problem}.`, {
    details: { problem },
  });
}
