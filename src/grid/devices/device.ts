/** What the weather, the market and the consumers do during one step. */
export interface Conditions {
  /** Factor on all loads of the network. */
  loadScale: number;
  irradianceWPerM2: number;
  ambientC: number;
  windMPerS: number;
  /** Energy price at the grid connection, currency per MWh. */
  pricePerMwh: number;
}

/** What a device is asked to do in one step; what it does not understand it ignores. */
export interface DeviceAction {
  /** Active power in the device's own direction: storage charges, generators inject. */
  pMw?: number;
  qMvar?: number;
  /** Unit commitment: run or stand still. */
  on?: boolean;
  /** Steps of a shunt, position of a tap changer. */
  position?: number;
}

/** What a device tells about itself after a step, and all that an environment needs to know of a remote one. */
export interface DeviceState {
  pMw: number;
  qMvar: number;
  /** State of charge, 0 to 1. */
  soc?: number;
  on?: boolean;
  position?: number;
}

/** How much a device costs and how far it went beyond its limits in the last step. */
export interface DeviceAccount {
  cost: number;
  safety: number;
}

/**
 * A device of the grid. Time steps are in hours, power in MW and Mvar, energy in MWh.
 *
 * `step` moves the model; `adopt` takes over what a remote device reports instead. `account` judges the last of both:
 * after `step` what was asked for, after `adopt` what was done, because the request is known to the device only.
 */
export interface Device {
  readonly id: string;
  readonly kind: DeviceKind;
  /** Bus that receives the device's power; the transformer's for a tap changer. */
  readonly at: string;
  /** +1 where positive power flows into the grid, -1 where it flows out of it, 0 where there is none. */
  readonly direction: 1 | -1 | 0;
  readonly state: Readonly<DeviceState>;
  reset(random: () => number): void;
  step(action: DeviceAction, conditions: Conditions, hours: number): void;
  adopt(state: DeviceState): void;
  /** Why a reported state cannot be this device's, in words; undefined where it can. */
  problemIn?(state: DeviceState): string | undefined;
  account(hours: number): DeviceAccount;
}

export const DEVICE_KINDS = ['storage', 'generator', 'pv', 'wind', 'shunt', 'tap-changer'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];
