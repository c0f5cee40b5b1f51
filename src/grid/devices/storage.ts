import { costPerHour } from './cost-curve.js';
import type { Device, DeviceAccount, DeviceAction, DeviceState, Conditions } from './device.js';
import { clamp, overload, reactiveRoom, requested } from './limits.js';

export interface StorageConfig {
  id: string;
  kind: 'storage';
  bus: string;
  capacityMwh: number;
  /** Largest charging and discharging power, both positive. */
  chargeMw: number;
  dischargeMw: number;
  /** Default 0 and 1. */
  minSoc?: number;
  maxSoc?: number;
  /** State of charge after a reset; random within the limits when missing. */
  startSoc?: number;
  /** One way each; default 0.98. */
  chargeEfficiency?: number;
  dischargeEfficiency?: number;
  /** Part of the stored energy lost per hour; default 0. */
  selfDischargePerHour?: number;
  ratedMva?: number;
  /** Cost per hour by power, see `costPerHour`; default none. */
  costCurve?: number[];
}

/**
 * Battery. P > 0 charges. A request beyond what power limits and state of charge allow is carried out as far as it
 * goes, so that the state of charge never leaves its limits; the excess counts as a safety violation.
 */
export class Storage implements Device {
  readonly kind = 'storage';
  readonly direction = -1;
  readonly id: string;
  readonly at: string;
  readonly state: DeviceState & { soc: number };
  private readonly minSoc: number;
  private readonly maxSoc: number;
  private readonly chargeEfficiency: number;
  private readonly dischargeEfficiency: number;
  /** Of the last request: how far it went beyond rating and state of charge. */
  private violation = 0;

  constructor(private readonly config: StorageConfig) {
    this.id = config.id;
    this.at = config.bus;
    this.minSoc = config.minSoc ?? 0;
    this.maxSoc = config.maxSoc ?? 1;
    this.chargeEfficiency = config.chargeEfficiency ?? 0.98;
    this.dischargeEfficiency = config.dischargeEfficiency ?? 0.98;
    this.state = { pMw: 0, qMvar: 0, soc: config.startSoc ?? (this.minSoc + this.maxSoc) / 2 };
  }

  reset(random: () => number): void {
    const { startSoc } = this.config;
    const soc = startSoc ?? this.minSoc + random() * (this.maxSoc - this.minSoc);
    Object.assign(this.state, { pMw: 0, qMvar: 0, soc });
    this.violation = 0;
  }

  /** Powers that the next step can carry out: negative discharges. */
  feasible(hours: number): { minMw: number; maxMw: number } {
    const { capacityMwh, chargeMw, dischargeMw } = this.config;
    const stored = (this.state.soc - this.minSoc) * capacityMwh;
    const free = (this.maxSoc - this.state.soc) * capacityMwh;
    return {
      minMw: -Math.min((stored * this.dischargeEfficiency) / hours, dischargeMw),
      maxMw: Math.min(free / this.chargeEfficiency / hours, chargeMw),
    };
  }

  step(action: DeviceAction, _conditions: Conditions, hours: number): void {
    const { capacityMwh, chargeMw, dischargeMw, ratedMva, selfDischargePerHour = 0 } = this.config;
    const wantedMw = clamp(requested(action.pMw), -dischargeMw, chargeMw);
    const wantedMvar = requested(action.qMvar);
    const { minMw, maxMw } = this.feasible(hours);
    const pMw = clamp(wantedMw, minMw, maxMw);
    const room = reactiveRoom(pMw, ratedMva);
    const missed = Math.abs(this.storedMwh(wantedMw, hours) - this.storedMwh(pMw, hours)) / capacityMwh;
    this.violation = overload(wantedMw, wantedMvar, ratedMva) + missed;
    const moved = this.state.soc + this.storedMwh(pMw, hours) / capacityMwh;
    // What lies below the lower limit is kept in reserve: nothing is drawn from it, and losses end there.
    const lost = Math.max(
      0,
      Math.min(moved - this.minSoc, moved * (1 - (1 - selfDischargePerHour) ** hours)),
    );
    this.state.pMw = pMw;
    this.state.qMvar = clamp(wantedMvar, -room, room);
    this.state.soc = clamp(moved - lost, this.minSoc, this.maxSoc);
  }

  /** Change of the stored energy by a power over a time. */
  private storedMwh(pMw: number, hours: number): number {
    return (pMw >= 0 ? pMw * this.chargeEfficiency : pMw / this.dischargeEfficiency) * hours;
  }

  adopt({ pMw, qMvar, soc }: DeviceState): void {
    const beyond = soc === undefined ? 0 : Math.max(0, soc - this.maxSoc, this.minSoc - soc);
    this.violation = overload(pMw, qMvar, this.config.ratedMva) + beyond;
    Object.assign(this.state, { pMw, qMvar, soc: soc ?? this.state.soc });
  }

  account(hours: number): DeviceAccount {
    const { costCurve } = this.config;
    const cost = costCurve === undefined ? 0 : costPerHour(costCurve, this.state.pMw) * hours;
    return { cost, safety: this.violation * hours };
  }
}
