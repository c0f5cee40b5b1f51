import type { Device, DeviceAccount, DeviceAction, DeviceState, Conditions } from './device.js';
import { clamp, reactiveRoom, requested } from './limits.js';
import { pvPowerMw, windPowerMw, type PvModel, type WindModel } from './weather-power.js';

interface Common {
  id: string;
  bus: string;
  /** Rating of the inverter; power above it is curtailed, and what is left of it is there for reactive power. */
  ratedMva?: number;
}

export type PvConfig = Common & { kind: 'pv' } & PvModel;
export type WindConfig = Common & { kind: 'wind' } & WindModel;

/**
 * Generator that the weather drives. P > 0 injects. An action may curtail (a smaller P) and set reactive power; it
 * cannot ask for more than there is.
 */
export class Renewable implements Device {
  readonly kind: 'pv' | 'wind';
  readonly direction = 1;
  readonly id: string;
  readonly at: string;
  readonly state: DeviceState = { pMw: 0, qMvar: 0 };
  private violation = 0;

  constructor(private readonly config: PvConfig | WindConfig) {
    this.kind = config.kind;
    this.id = config.id;
    this.at = config.bus;
  }

  reset(): void {
    Object.assign(this.state, { pMw: 0, qMvar: 0 });
    this.violation = 0;
  }

  /** What the weather offers, before any curtailment. */
  availableMw({ irradianceWPerM2, ambientC, windMPerS }: Conditions): number {
    const { config } = this;
    const offered =
      config.kind === 'pv'
        ? pvPowerMw(config, irradianceWPerM2, ambientC, windMPerS)
        : windPowerMw(config, windMPerS);
    return Math.min(offered, config.ratedMva ?? Infinity);
  }

  step(action: DeviceAction, conditions: Conditions): void {
    const available = this.availableMw(conditions);
    const pMw = action.pMw === undefined ? available : clamp(requested(action.pMw), 0, available);
    const room = reactiveRoom(pMw, this.config.ratedMva);
    this.state.pMw = pMw;
    this.state.qMvar = clamp(requested(action.qMvar), -room, room);
    this.violation = this.excess(pMw, requested(action.qMvar));
  }

  /** Apparent power above the rating, in MVA. */
  private excess(pMw: number, qMvar: number): number {
    const { ratedMva } = this.config;
    return ratedMva === undefined ? 0 : Math.max(0, Math.hypot(pMw, qMvar) - ratedMva);
  }

  adopt({ pMw, qMvar }: DeviceState): void {
    Object.assign(this.state, { pMw, qMvar });
    this.violation = this.excess(pMw, qMvar);
  }

  account(hours: number): DeviceAccount {
    return { cost: 0, safety: this.violation * hours };
  }
}
