import { costPerHour } from './cost-curve.js';
import type { Device, DeviceAccount, DeviceAction, DeviceState, Conditions } from './device.js';
import { clamp, overload, powerFactorShortfall, reactiveRoom, requested } from './limits.js';

export interface GeneratorConfig {
  id: string;
  kind: 'generator';
  bus: string;
  /** Smallest power when running; default 0. */
  minMw?: number;
  maxMw: number;
  ratedMva?: number;
  /** Below this a step counts as a safety violation; only where the generator has reactive power to give. */
  minPowerFactor?: number;
  /** Largest change of power, MW per hour; default none. */
  rampMwPerHour?: number;
  /** Cost per hour by power while running, see `costPerHour`. */
  costCurve?: number[];
  /** Unit commitment: whole steps without power after a start or stop order, and the cost of each. Default 0. */
  startSteps?: number;
  stopSteps?: number;
  startCost?: number;
  stopCost?: number;
}

type Phase = 'online' | 'starting' | 'stopping' | 'offline';

/** Dispatchable generator: diesel set, CHP unit, fuel cell. P > 0 injects. */
export class Generator implements Device {
  readonly kind = 'generator';
  readonly direction = 1;
  readonly id: string;
  readonly at: string;
  readonly state: DeviceState & { on: boolean } = { pMw: 0, qMvar: 0, on: true };
  private phase: Phase = 'online';
  private stepsLeft = 0;
  private commitmentCost = 0;
  private violation = 0;

  constructor(private readonly config: GeneratorConfig) {
    this.id = config.id;
    this.at = config.bus;
  }

  reset(): void {
    Object.assign(this.state, { pMw: 0, qMvar: 0, on: true });
    this.phase = 'online';
    this.stepsLeft = 0;
    this.commitmentCost = 0;
    this.violation = 0;
  }

  step(action: DeviceAction, _conditions: Conditions, hours: number): void {
    const { minMw = 0, maxMw, ratedMva, rampMwPerHour = Infinity } = this.config;
    const before = this.state.pMw;
    this.commit(action.on);
    const on = this.phase === 'online';
    const reach = rampMwPerHour * hours;
    const wanted = requested(action.pMw);
    const pMw = on ? clamp(clamp(wanted, before - reach, before + reach), minMw, maxMw) : 0;
    const room = reactiveRoom(pMw, ratedMva);
    const qMvar = on ? clamp(requested(action.qMvar), -room, room) : 0;
    this.violation = on ? this.beyond(clamp(wanted, minMw, maxMw), requested(action.qMvar)) : 0;
    Object.assign(this.state, { pMw, qMvar, on });
  }

  /** Carries unit commitment one step on. An order while a start or stop is under way waits until it is done. */
  private commit(order: boolean | undefined): void {
    const { startSteps = 0, stopSteps = 0, startCost = 0, stopCost = 0 } = this.config;
    this.commitmentCost = 0;
    if (this.phase === 'online' && order === false) {
      [this.phase, this.stepsLeft, this.commitmentCost] = ['stopping', stopSteps, stopCost];
    } else if (this.phase === 'offline' && order === true) {
      [this.phase, this.stepsLeft, this.commitmentCost] = ['starting', startSteps, startCost];
    }
    if (this.phase !== 'starting' && this.phase !== 'stopping') return;
    if (this.stepsLeft === 0) this.phase = this.phase === 'starting' ? 'online' : 'offline';
    else this.stepsLeft--;
  }

  private beyond(pMw: number, qMvar: number): number {
    const { ratedMva, minPowerFactor } = this.config;
    // Without a rating it gives no reactive power, and there is nothing to judge.
    if (ratedMva === undefined) return 0;
    const shortfall = minPowerFactor === undefined ? 0 : powerFactorShortfall(pMw, qMvar, minPowerFactor);
    return overload(pMw, qMvar, ratedMva) + shortfall;
  }

  adopt({ pMw, qMvar, on = true }: DeviceState): void {
    const { startCost = 0, stopCost = 0 } = this.config;
    this.commitmentCost = on === this.state.on ? 0 : on ? startCost : stopCost;
    this.violation = on ? this.beyond(pMw, qMvar) : 0;
    Object.assign(this.state, { pMw, qMvar, on });
  }

  account(hours: number): DeviceAccount {
    const { costCurve } = this.config;
    const running =
      this.state.on && costCurve !== undefined ? costPerHour(costCurve, this.state.pMw) * hours : 0;
    return { cost: running + this.commitmentCost, safety: this.violation * hours };
  }
}
