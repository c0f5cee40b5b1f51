import type { Device, DeviceAction, DeviceState, Conditions } from '../devices/device.js';
import { clearMarket, ordersFromDemand } from '../market.js';
import type { Network } from '../network/network.js';
import type { Start } from '../power-flow/outcome.js';
import { PowerFlow, type Solution } from '../power-flow/power-flow.js';
import { sourceResults } from '../power-flow/report.js';
import { conditionsOfDay } from '../profiles.js';
import { seededRandom } from '../random.js';
import { Agent } from './agent.js';
import { invalid } from './check-config.js';
import { checkEnvironment, networkOf, type EnvironmentConfig } from './config.js';
import { Schedule } from './schedule.js';
import type { AgentResult, StepResult } from './step-result.js';

/** Actions by agent, then by device. */
export type Actions = Readonly<Record<string, Readonly<Record<string, DeviceAction>>>>;

/** Solves a power flow for its present schedules somewhere else. */
export type SolveFlow = (flow: PowerFlow, start: Start) => Promise<Solution>;

/**
 * A simulated grid: agents act on their devices, the network answers with a power flow, and every agent learns its
 * cost, safety and reward.
 *
 * One step: devices follow their actions under the present conditions, loads follow their profile, the power flow is
 * solved from the last solution, costs and violations are taken, the market clears, and time moves on.
 */
export class GridEnvironment {
  readonly network: Network;
  /** What of the network's file was left out, or counts as something that it does not say. */
  readonly warnings: readonly string[];
  readonly agents: Agent[];
  readonly stepHours: number;
  private readonly devices: Device[];
  private flow: PowerFlow;
  private schedule: Schedule;
  /** A position has changed since the equations were prepared. */
  private moved = false;
  private seed: number;
  private stepCount = 0;
  private today: { day: number; conditions: Conditions[] } | undefined;

  /** @throws GridwireError GRID_SETTING_INVALID or NETWORK_INVALID */
  constructor(private readonly config: EnvironmentConfig) {
    checkEnvironment(config);
    ({ network: this.network, warnings: this.warnings } = networkOf(config));
    this.flow = new PowerFlow(this.network, config.powerFlow);
    this.stepHours = config.stepHours ?? 1;
    this.seed = config.seed ?? 0;
    this.agents = config.agents.map((agent) => new Agent(agent, this.network));
    this.devices = this.agents.flatMap(({ devices }) => devices);
    this.checkPositions();
    this.schedule = this.newSchedule();
    this.reset();
  }

  /** Back to the first step. The same seed gives the same profiles and the same random starts. */
  reset(seed = this.seed): void {
    this.seed = seed;
    this.stepCount = 0;
    this.today = undefined;
    const random = seededRandom(seed);
    for (const agent of this.agents) agent.reset(random);
  }

  /** What holds during a step, counted from 0 after the reset; by default the next one. */
  conditions(step = this.stepCount): Conditions {
    const { conditions } = this.config;
    if (conditions !== undefined) return conditions[step % conditions.length] as Conditions;
    const perDay = Math.max(1, Math.round(24 / this.stepHours));
    const day = Math.floor(step / perDay);
    if (this.today?.day !== day) {
      this.today = { day, conditions: conditionsOfDay(this.seed, day, this.stepHours) };
    }
    return this.today.conditions[step % perDay] as Conditions;
  }

  /** One step with devices that live here. Missing actions mean no power, or for PV and wind all that there is. */
  step(actions: Actions = {}): StepResult {
    const conditions = this.act(actions);
    this.solve(conditions);
    return this.finish(conditions, []);
  }

  /** The same, with a power flow that is solved elsewhere. Must not be called again before it has ended. */
  async stepBy(solve: SolveFlow, actions: Actions = {}): Promise<StepResult> {
    const conditions = this.act(actions);
    await this.solveBy(solve, conditions);
    return this.finish(conditions, []);
  }

  /** One step with devices elsewhere, by the states they report; one that does not keeps its last state and is named. */
  settle(states: ReadonlyMap<string, DeviceState>): StepResult {
    const silent = this.agents.flatMap((agent) => agent.adopt(states));
    const conditions = this.conditions();
    this.solve(conditions);
    return this.finish(conditions, silent);
  }

  /** The same, with a power flow that is solved elsewhere. Must not be called again before it has ended. */
  async settleBy(solve: SolveFlow, states: ReadonlyMap<string, DeviceState>): Promise<StepResult> {
    const silent = this.agents.flatMap((agent) => agent.adopt(states));
    const conditions = this.conditions();
    await this.solveBy(solve, conditions);
    return this.finish(conditions, silent);
  }

  private act(actions: Actions): Conditions {
    const conditions = this.conditions();
    for (const agent of this.agents) {
      const own = Object.hasOwn(actions, agent.id) ? actions[agent.id] : undefined;
      agent.act(own ?? {}, conditions, this.stepHours);
    }
    return conditions;
  }

  private solve(conditions: Conditions): void {
    this.prepare(conditions);
    this.flow.solve(this.start);
  }

  private async solveBy(solve: SolveFlow, conditions: Conditions): Promise<void> {
    this.prepare(conditions);
    this.flow.adopt(await solve(this.flow, this.start));
  }

  private get start(): Start {
    return this.config.powerFlow?.start ?? 'warm';
  }

  private prepare(conditions: Conditions): void {
    this.applyPositions();
    this.schedule.apply(conditions.loadScale);
  }

  private finish(conditions: Conditions, silent: string[]): StepResult {
    const { converged, iterations } = this.flow.outcome;
    const sources = converged ? sourceResults(this.flow) : [];
    const agents = this.agents.map((agent) => this.judge(agent, sources, conditions));
    if (this.config.shareReward === true) shareRewards(agents);
    const hours = this.stepCount * this.stepHours;
    this.stepCount++;
    const [reason, doubt] = [this.flow.failureText(), this.flow.doubtText()];
    return {
      step: this.stepCount,
      hours,
      done: this.stepCount % (this.config.episodeSteps ?? 24) === 0,
      converged,
      iterations,
      ...(reason !== undefined && { reason }),
      ...(doubt !== undefined && { doubt }),
      conditions,
      ...this.networkState(converged),
      sources,
      devices: this.agents.flatMap((agent) =>
        agent.devices.map(({ id, kind, state }) => ({ id, agent: agent.id, kind, ...state })),
      ),
      agents,
      trades: this.config.trade === true ? this.trade(agents) : [],
      silent,
    };
  }

  private judge(
    agent: Agent,
    sources: readonly { id: string; pMw: number }[],
    { pricePerMwh }: Conditions,
  ): AgentResult {
    const { penalty = 10, failureReward = -200, failureSafety = 20 } = this.config;
    const { id } = agent;
    const netDemandMw = agent.netDemandMw(this.flow);
    const own = agent.account(this.stepHours);
    if (!this.flow.outcome.converged) {
      return {
        id,
        cost: own.cost,
        safety: failureSafety,
        reward: failureReward - penalty * failureSafety,
        netDemandMw,
      };
    }
    const cost = own.cost + agent.exchangeCost(sources, pricePerMwh, this.stepHours);
    const safety = own.safety + agent.networkViolation(this.flow) * this.stepHours;
    return { id, cost, safety, reward: -cost - penalty * safety, netDemandMw };
  }

  private networkState(
    converged: boolean,
  ): Pick<StepResult, 'voltages' | 'lineLoading' | 'transformerLoading' | 'lossesMw'> {
    if (!converged) return { voltages: [], lineLoading: [], transformerLoading: [], lossesMw: 0 };
    const { grid, vm, loadingPercent, flows } = this.flow;
    const lines = this.network.lines?.length ?? 0;
    const transformers = this.network.transformers?.length ?? 0;
    const voltages: (number | null)[] = [];
    for (const node of grid.nodeOfBus) voltages.push(numberOrNull(vm[node] ?? NaN));
    return {
      voltages,
      lineLoading: numbersOrNull(loadingPercent, 0, lines),
      transformerLoading: numbersOrNull(loadingPercent, lines, lines + transformers),
      lossesMw: flows.lossP() * grid.baseMva,
    };
  }

  private trade(agents: readonly AgentResult[]): StepResult['trades'] {
    const { bids, offers } = ordersFromDemand(
      agents.map(({ id, netDemandMw }, index) => ({
        ...{ id, netDemandMw },
        marginalCost: this.agents[index]?.config.marginalCost ?? 50,
      })),
    );
    return clearMarket(bids, offers);
  }

  private newSchedule(): Schedule {
    return new Schedule(this.network, this.flow.grid, this.devices, this.config.loadScale ?? 1);
  }

  /** The element of the network that a switched device moves. */
  private positioned(device: Device): { get(): number; set(position: number): void } | undefined {
    if (device.kind === 'shunt') {
      const shunt = this.network.shunts?.find(({ id }) => id === device.at);
      return shunt && { get: () => shunt.step ?? 1, set: (position) => (shunt.step = position) };
    }
    const tap = this.network.transformers?.find(({ id }) => id === device.at)?.tap;
    return tap && { get: () => tap.position, set: (position) => (tap.position = position) };
  }

  private checkPositions(): void {
    for (const device of this.devices) {
      if (device.direction === 0 && this.positioned(device) === undefined) {
        throw invalid(`device "${device.id}" moves "${device.at}", which the network does not have`);
      }
    }
  }

  /** A changed shunt or tap changes the equations themselves: they are prepared anew. */
  private applyPositions(): void {
    for (const device of this.devices) {
      const { position } = device.state;
      if (device.direction !== 0 || position === undefined) continue;
      const element = this.positioned(device);
      if (element === undefined || element.get() === position) continue;
      element.set(position);
      this.moved = true;
    }
    if (!this.moved) return;
    this.flow = new PowerFlow(this.network, this.config.powerFlow);
    this.schedule = this.newSchedule();
    // Only now: where the network cannot have a position, the next step must not use the equations of the last.
    this.moved = false;
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function numbersOrNull(values: Float64Array, from: number, to: number): (number | null)[] {
  const found: (number | null)[] = [];
  for (let at = from; at < to; at++) found.push(numberOrNull(values[at] ?? NaN));
  return found;
}

function shareRewards(agents: AgentResult[]): void {
  const mean = agents.reduce((sum, { reward }) => sum + reward, 0) / agents.length;
  for (const agent of agents) agent.reward = mean;
}
