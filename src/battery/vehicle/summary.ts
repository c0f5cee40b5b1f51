import type { DeviceReport } from './report.js';

/** A device of a vehicle, as it is set or as its messages tell. */
export interface VehicleDevice {
  /** MAC address. */
  id: string;
  type?: string;
  /** Ampere-hours. */
  capacity?: number;
}

export interface VehicleSummary {
  vehicle_id: string;
  timestamp: string;
  name: string;
  total_devices: number;
  connected_devices: number;
  disconnected_devices: number;
  /** Volts, over the connected devices that have reported one; null before any has. */
  average_voltage: number | null;
  /** Ampere-hours, over the devices whose capacity is known. */
  total_capacity: number;
  overall_health: Health;
  /** Share of the devices that are connected. */
  health_score: number;
  devices: DeviceSummary[];
  last_updated: string;
}

export type Health = 'excellent' | 'good' | 'fair' | 'poor';

export interface DeviceSummary {
  id: string;
  device_type: string | null;
  connected: boolean;
  last_reading_time: string | null;
  voltage: number | null;
  current: number | null;
  temperature: number | null;
  state_of_charge: number | null;
}

/** Battery Hawk's documented rule. */
const HEALTH_CLASSES: readonly { from: number; health: Health }[] = [
  { from: 0.8, health: 'excellent' },
  { from: 0.6, health: 'good' },
  { from: 0.4, health: 'fair' },
];

/** What is known of a device. */
export interface KnownDevice {
  summary: DeviceSummary;
  capacity: number | undefined;
  /** Milliseconds of the newest reading and the newest status; older ones never overwrite. */
  readAt: number;
  statusAt: number;
}

export function newDevice({ id, type, capacity }: VehicleDevice): KnownDevice {
  return {
    summary: {
      id,
      device_type: type ?? null,
      connected: false,
      last_reading_time: null,
      voltage: null,
      current: null,
      temperature: null,
      state_of_charge: null,
    },
    capacity,
    readAt: -Infinity,
    statusAt: -Infinity,
  };
}

/** Whether a report is older than anything that is known of the device. */
export function isLate({ readAt, statusAt }: KnownDevice, { timestamp }: DeviceReport): boolean {
  return Date.parse(timestamp) < Math.max(readAt, statusAt);
}

/** Event time decides: returns false for a report that is older than what is known. */
export function update(device: KnownDevice, report: DeviceReport): boolean {
  const at = Date.parse(report.timestamp);
  const { summary } = device;
  // A running Battery Hawk repeats the latest reading in every status, also in one that says "disconnected".
  if (report.connected !== undefined) {
    if (at < device.statusAt) return false;
    device.statusAt = at;
    summary.connected = report.connected;
  } else {
    if (report.voltage === undefined) return false;
    if (at < device.readAt) return false;
    device.readAt = at;
    summary.last_reading_time = report.timestamp;
    summary.voltage = report.voltage;
    summary.current = report.current ?? null;
    summary.temperature = report.temperature ?? null;
    summary.state_of_charge = report.state_of_charge ?? null;
    device.capacity = report.capacity ?? device.capacity;
    // Whoever sends a reading is connected, unless a later status has said otherwise.
    if (at >= device.statusAt) summary.connected = true;
  }
  summary.device_type = report.device_type ?? summary.device_type;
  return true;
}

/** @param timestamp of the report that made the summary necessary */
export function summarise(
  { id, name, devices }: { id: string; name: string; devices: ReadonlyMap<string, KnownDevice> },
  timestamp: string,
): VehicleSummary {
  const all = [...devices.values()];
  const connected = all.filter(({ summary }) => summary.connected);
  const voltages = connected.flatMap(({ summary }) => summary.voltage ?? []);
  const score = all.length === 0 ? 0 : connected.length / all.length;
  return {
    vehicle_id: id,
    timestamp,
    name,
    total_devices: all.length,
    connected_devices: connected.length,
    disconnected_devices: all.length - connected.length,
    average_voltage: voltages.length === 0 ? null : hundredths(sum(voltages) / voltages.length),
    total_capacity: hundredths(sum(all.map(({ capacity }) => capacity ?? 0))),
    overall_health: HEALTH_CLASSES.find(({ from }) => score >= from)?.health ?? 'poor',
    health_score: hundredths(score),
    devices: all.map(({ summary }) => ({ ...summary })),
    last_updated: timestamp,
  };
}

/** What decides whether a summary is news: everything but its times. */
export function contentOf(summary: VehicleSummary): string {
  const devices = summary.devices.map((device) => ({ ...device, last_reading_time: null }));
  return JSON.stringify({ ...summary, timestamp: '', last_updated: '', devices });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
