import type { Conditions, DeviceKind, DeviceState } from '../devices/device.js';
import type { Trade } from '../market.js';

export interface AgentResult {
  id: string;
  cost: number;
  safety: number;
  reward: number;
  /** What its area takes from the rest of the network by loads less generation, MW; losses not counted. */
  netDemandMw: number;
}

export interface DeviceResult extends DeviceState {
  id: string;
  agent: string;
  kind: DeviceKind;
}

/** What came of one step. */
export interface StepResult {
  /** Steps since the reset, counted from 1. */
  step: number;
  /** Time at the start of the step, hours since the reset. */
  hours: number;
  /** The episode ended with this step. */
  done: boolean;
  converged: boolean;
  /** Of the power flow's solver, whether or not it found a solution. */
  iterations: number;
  /** Why there is no solution. */
  reason?: string;
  /** Why the solution may not be the one that the network runs at. */
  doubt?: string;
  conditions: Conditions;
  /** Voltage magnitude per bus of the network, in its order, pu; null for a bus out of service. Empty without solution. */
  voltages: (number | null)[];
  /** Loading per line and per transformer, percent; null where there is no rating. */
  lineLoading: (number | null)[];
  transformerLoading: (number | null)[];
  lossesMw: number;
  sources: { id: string; pMw: number; qMvar: number }[];
  devices: DeviceResult[];
  agents: AgentResult[];
  trades: Trade[];
  /** Remote devices that did not report; their last state was used. */
  silent: string[];
}
