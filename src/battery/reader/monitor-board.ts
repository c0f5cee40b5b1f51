import type { Clock } from '../../clock.js';
import type { ErrorCode } from '../../errors.js';
import type { Family } from '../frames/family.js';
import type { BatteryReading, BatteryStatus, DeviceIdentity } from './reading.js';

/** What was measured at one moment; `at` in milliseconds since the epoch. */
export interface Measured {
  at: number;
  voltage: number;
  charge: number;
  temperature?: number;
}

/** How one monitor stands. */
export interface MonitorState {
  device: string;
  vehicle?: string;
  family?: Family;
  /** Whether it could be reached when it was last tried; undefined until then. */
  connected: boolean | undefined;
  /** Why it could not. */
  error?: ErrorCode;
  /** dBm, as it was last heard. */
  signal?: number;
  last?: Measured;
  /** The past, oldest first; evenly thinned, so that it is bounded however long it goes back. */
  past: readonly Measured[];
}

/** Points of the past that are kept of each monitor. */
const MOST_POINTS = 240;
/** How close they are at first, milliseconds. */
const SPACING = 10_000;

/** Remembers of the monitors of a node how each stands and what it said. */
export class MonitorBoard {
  private readonly entries: ReadonlyMap<string, Entry>;

  constructor(
    devices: readonly (DeviceIdentity & { family?: Family })[],
    private readonly clock: Pick<Clock, 'now' | 'wall'>,
  ) {
    this.entries = new Map(devices.map((device) => [device.address, new Entry(device)]));
  }

  /** A monitor was read, and so it could be reached. */
  read(reading: BatteryReading): void {
    this.entries.get(reading.device_id)?.read(reading, this.clock.wall(), this.clock.now());
  }

  /** A monitor can be reached now, or not any more. */
  changed(status: BatteryStatus): void {
    this.entries.get(status.device_id)?.changed(status);
  }

  get all(): MonitorState[] {
    return [...this.entries.values()].map(({ state }) => state);
  }

  /** How many there are and can be reached, and for how long the one has said nothing that has been silent longest, seconds. */
  get summary(): { known: number; connected: number; age: number | undefined } {
    const all = [...this.entries.values()];
    const heard = all.flatMap(({ heardAt }) => heardAt ?? []);
    return {
      known: all.length,
      connected: all.filter(({ state }) => state.connected === true).length,
      age: heard.length === 0 ? undefined : (this.clock.now() - Math.min(...heard)) / 1_000,
    };
  }
}

class Entry {
  /** By the clock that does not jump. */
  heardAt: number | undefined;
  private current: Omit<MonitorState, 'past'>;
  private past: Measured[] = [];
  private spacing = SPACING;
  private keptAt = -Infinity;

  constructor({ address, vehicleId, family }: DeviceIdentity & { family?: Family }) {
    this.current = {
      device: address,
      ...(vehicleId === undefined ? {} : { vehicle: vehicleId }),
      ...(family === undefined ? {} : { family }),
      connected: undefined,
    };
  }

  get state(): MonitorState {
    return { ...this.current, past: this.past };
  }

  read(reading: BatteryReading, at: number, now: number): void {
    const { voltage, state_of_charge: charge, temperature, device_type: family, extra } = reading;
    const last = { at, voltage, charge, ...(temperature === undefined ? {} : { temperature }) };
    const { error: _, ...known } = this.current;
    const signal = extra.signal_strength ?? known.signal;
    this.current = { ...known, family, connected: true, last, ...(signal === undefined ? {} : { signal }) };
    this.heardAt = now;
    if (now - this.keptAt < this.spacing) return;
    this.keptAt = now;
    this.past = [...this.past, last];
    if (this.past.length <= MOST_POINTS) return;
    // From now on half as many, and of the past every other one.
    this.past = this.past.filter((_point, index) => index % 2 === 0);
    this.spacing *= 2;
  }

  changed({ connected, extra }: BatteryStatus): void {
    const { error: _, ...known } = this.current;
    const error = extra.error ?? (extra.stale === true ? 'MONITOR_SILENT' : undefined);
    this.current = { ...known, connected, ...(connected || error === undefined ? {} : { error }) };
  }
}
