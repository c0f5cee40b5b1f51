import { createDevice } from '../devices/create.js';
import type { Device, DeviceAction, DeviceState, Conditions } from '../devices/device.js';
import { exchangeCost } from '../devices/grid-tie.js';
import { scheduledAt } from '../network/injections.js';
import type { Network } from '../network/network.js';
import type { PowerFlow } from '../power-flow/power-flow.js';
import { invalid } from './check-config.js';
import type { AgentConfig } from './config.js';

/** Voltage band where a bus has none of its own. */
const LOW = 0.95;
const HIGH = 1.05;

/** Violation per percent of loading above 100 %. */
const LOADING_WEIGHT = 0.01;

/** An agent at work: its devices, and the part of the network it answers for. */
export class Agent {
  readonly id: string;
  readonly devices: Device[];
  private readonly buses: { index: number; low: number; high: number }[];
  private readonly branches: number[];

  constructor(
    readonly config: AgentConfig,
    network: Network,
  ) {
    this.id = config.id;
    this.devices = config.devices.map(createDevice);
    const { area = '' } = config;
    this.buses = network.buses
      .map(({ id, minPu, maxPu }, index) => ({ id, index, low: minPu ?? LOW, high: maxPu ?? HIGH }))
      .filter(({ id }) => id.startsWith(area));
    this.branches = [
      ...(network.lines ?? []).map(({ from }) => from),
      ...(network.transformers ?? []).map(({ hv }) => hv),
      ...(network.branches ?? []).map(({ from }) => from),
    ].flatMap((bus, index) => (bus.startsWith(area) ? index : []));
    if (config.tie !== undefined && network.sources.every(({ id }) => id !== config.tie?.source)) {
      throw invalid(`agent "${config.id}": its tie names unknown source "${config.tie.source}"`);
    }
  }

  reset(random: () => number): void {
    for (const device of this.devices) device.reset(random);
  }

  act(actions: Readonly<Record<string, DeviceAction>>, conditions: Conditions, hours: number): void {
    for (const device of this.devices) {
      const action = Object.hasOwn(actions, device.id) ? actions[device.id] : undefined;
      device.step(action ?? {}, conditions, hours);
    }
  }

  /** @returns the ids of devices that sent nothing, or nothing that can be theirs */
  adopt(states: ReadonlyMap<string, DeviceState>): string[] {
    const silent: string[] = [];
    for (const device of this.devices) {
      const given = states.get(device.id);
      const state = given === undefined || device.problemIn?.(given) !== undefined ? undefined : given;
      // Its last state is all there is; adopting it again keeps one-off costs from counting twice.
      device.adopt(state ?? { ...device.state });
      if (state === undefined) silent.push(device.id);
    }
    return silent;
  }

  account(hours: number): { cost: number; safety: number } {
    let cost = 0;
    let safety = 0;
    for (const device of this.devices) {
      const one = device.account(hours);
      cost += one.cost;
      safety += one.safety;
    }
    return { cost, safety };
  }

  exchangeCost(sources: readonly { id: string; pMw: number }[], pricePerMwh: number, hours: number): number {
    const { tie } = this.config;
    const source = sources.find(({ id }) => id === tie?.source);
    return tie === undefined || source === undefined ? 0 : exchangeCost(tie, source.pMw, pricePerMwh, hours);
  }

  /** Sum of what voltages and loadings in its area exceed. */
  networkViolation({ grid, vm: magnitudes, loadingPercent }: PowerFlow): number {
    let sum = 0;
    for (const { index, low, high } of this.buses) {
      const node = grid.nodeOfBus[index] ?? -1;
      if (node < 0) continue;
      // A bus without supply has no voltage, which is as far below its band as can be.
      const vm = Number.isNaN(magnitudes[node]) ? 0 : (magnitudes[node] ?? 1);
      sum += Math.max(0, vm - high, low - vm);
    }
    for (const branch of this.branches) {
      const loading = loadingPercent[branch] ?? NaN;
      if (loading > 100) sum += LOADING_WEIGHT * (loading - 100);
    }
    return sum;
  }

  /** Scheduled consumption of its area, MW. Each node counts once, however many buses switches have joined. */
  netDemandMw({ grid }: PowerFlow): number {
    let demand = 0;
    const counted = new Set<number>();
    for (const { index } of this.buses) {
      const node = grid.nodeOfBus[index] ?? -1;
      if (node < 0 || counted.has(node)) continue;
      counted.add(node);
      demand -= scheduledAt(grid, node, 1).p;
    }
    return demand * grid.baseMva;
  }
}
