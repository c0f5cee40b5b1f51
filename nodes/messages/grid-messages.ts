import { GridwireError } from '../../src/errors.js';
import type { Json, JsonObject } from '../../src/event.js';
import type {
  Actions,
  AgentConfig,
  DeviceAction,
  DeviceResult,
  DeviceState,
  StepResult,
} from '../../src/grid/index.js';

/** The forms that actions, states and results have in messages: PowerGrid's names, units MW and MVAr. */

/** Numbers by their name in messages, and what they are called inside. */
const ACTION_NUMBERS = { P_MW: 'pMw', Q_MVAr: 'qMvar', position: 'position' } as const;

/**
 * Reads one agent's action: setpoints by device (`{ "ESS1": { "P_MW": 0.5 } }`, or just the power), or a list of
 * powers in the order of the agent's devices.
 *
 * @throws GridwireError SCHEMA_VIOLATION naming what cannot be read
 */
export function readAgentAction(agent: AgentConfig, action: unknown): Record<string, DeviceAction> {
  if (Array.isArray(action)) {
    if (action.length > agent.devices.length) {
      throw violation(agent.id, `holds ${action.length} powers for ${agent.devices.length} devices`);
    }
    const powers = action.map((power, index) => [agent.devices[index]?.id ?? '', power] as const);
    return Object.fromEntries(powers.map(([id, power]) => [id, readDeviceAction(id, power)]));
  }
  if (!isObject(action)) throw violation(agent.id, 'must be an object of devices or a list of powers');
  const known = new Set(agent.devices.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(action).map(([id, one]) => {
      if (!known.has(id)) throw violation(agent.id, `names "${id}", which is not one of its devices`);
      return [id, readDeviceAction(id, one)];
    }),
  );
}

/** Reads the actions of all agents: `{ "MG1": …, "MG2": … }`; nothing means no actions. */
export function readActions(agents: readonly AgentConfig[], payload: unknown): Actions {
  if (payload === undefined || payload === null || payload === '') return {};
  if (!isObject(payload)) throw violation('msg.payload', 'must be an object of actions by agent');
  return Object.fromEntries(
    Object.entries(payload).map(([id, action]) => {
      const agent = agents.find((one) => one.id === id);
      if (agent === undefined) throw violation(id, 'is not an agent of this environment');
      return [id, readAgentAction(agent, action)];
    }),
  );
}

function readDeviceAction(device: string, action: unknown): DeviceAction {
  if (typeof action === 'number') return readDeviceAction(device, { P_MW: action });
  if (!isObject(action)) throw violation(device, 'must be a power or an object');
  const read: DeviceAction = {};
  for (const [name, value] of Object.entries(action)) {
    if (Object.hasOwn(ACTION_NUMBERS, name)) {
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw violation(device, `${name} must be a number`);
      read[ACTION_NUMBERS[name as keyof typeof ACTION_NUMBERS]] = value;
    } else if (name === 'in_service') {
      if (typeof value !== 'boolean') throw violation(device, 'in_service must be true or false');
      read.on = value;
    } else throw violation(device, `"${name}" is not known; there are P_MW, Q_MVAr, position and in_service`);
  }
  return read;
}

/** One agent's action as it travels. */
export function actionDocument(action: Readonly<Record<string, DeviceAction>>): JsonObject {
  return Object.fromEntries(
    Object.entries(action).map(([device, { pMw, qMvar, on, position }]) => [
      device,
      {
        ...(pMw !== undefined && { P_MW: pMw }),
        ...(qMvar !== undefined && { Q_MVAr: qMvar }),
        ...(position !== undefined && { position }),
        ...(on !== undefined && { in_service: on }),
      },
    ]),
  );
}

/** A device's state update. */
export type StateDocument = JsonObject & { agent_id: string };

export function stateDocument(id: string, kind: string, state: DeviceState): StateDocument {
  const { pMw, qMvar, soc, on, position } = state;
  return {
    ...{ agent_id: id, device_type: kind, P_MW: pMw, Q_MVAr: qMvar },
    ...(soc !== undefined && { SOC: soc }),
    ...(on !== undefined && { in_service: on }),
    ...(position !== undefined && { position }),
  };
}

/** Reads a state update that its contract has accepted. */
export function readState(payload: Json): { id: string; state: DeviceState } | undefined {
  if (!isObject(payload)) return undefined;
  const { agent_id: id, P_MW: pMw, Q_MVAr: qMvar, SOC: soc, in_service: on, position } = payload;
  if (typeof id !== 'string' || typeof pMw !== 'number' || typeof qMvar !== 'number') return undefined;
  return {
    id,
    state: {
      ...{ pMw, qMvar },
      ...(typeof soc === 'number' && { soc }),
      ...(typeof on === 'boolean' && { on }),
      ...(typeof position === 'number' && { position }),
    },
  };
}

/** The network's state as agents see it. */
export function networkDocument({ voltages, lineLoading, converged }: StepResult): JsonObject {
  return { voltages, line_loading: lineLoading, converged };
}

/** Everything about a step, for the flow. */
export function summaryDocument(result: StepResult): JsonObject {
  const {
    step,
    hours,
    done,
    converged,
    reason,
    doubt,
    conditions,
    lossesMw,
    sources,
    agents,
    trades,
    silent,
  } = result;
  return {
    ...{ step, hours, done, converged },
    ...(reason !== undefined && { reason }),
    ...(doubt !== undefined && { doubt }),
    conditions: { ...conditions },
    losses_MW: lossesMw,
    sources: sources.map(({ id, pMw, qMvar }) => ({ id, P_MW: pMw, Q_MVAr: qMvar })),
    agents: agents.map(({ id, cost, safety, reward, netDemandMw }) => ({
      ...{ id, cost, safety, reward, net_demand_MW: netDemandMw },
    })),
    trades: trades.map((trade) => ({ ...trade })),
    silent: [...silent],
  };
}

export function deviceDocuments(devices: readonly DeviceResult[]): JsonObject[] {
  return devices.map((device) => stateDocument(device.id, device.kind, device));
}

function violation(where: string, problem: string): GridwireError {
  return new GridwireError('SCHEMA_VIOLATION', `The actions cannot be read: ${where}: ${problem}.`, {
    details: { where, problem },
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
