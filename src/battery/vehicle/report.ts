import { inspect } from 'node:util';
import { BOUNDS } from '../../bounds.js';
import { formatTime, parseTime } from '../../contracts/time/timestamp.js';
import { GridwireError } from '../../errors.js';
import { canonicalAddress } from '../address.js';

/** The parts of readings and statuses that a summary is made of; both are Battery Hawk payloads. */
export interface DeviceReport {
  device_id: string;
  timestamp: string;
  device_type?: string;
  vehicle_id?: string;
  /** Tells a status from a reading: both may have a voltage. */
  connected?: boolean;
  voltage?: number;
  current?: number;
  temperature?: number;
  state_of_charge?: number;
  capacity?: number;
}

/** Of times that name none; Battery Hawk's contract says the same. */
const ZONE = 'UTC';

const VEHICLE_ID = /^[A-Za-z0-9_-]{1,64}$/;
const NUMBERS = ['voltage', 'current', 'temperature', 'state_of_charge', 'capacity'] as const;

/**
 * Takes from a message what a summary needs and leaves the rest.
 * @param now milliseconds since the epoch
 * @throws GridwireError `SCHEMA_VIOLATION`, `IDENTIFIER_ILLEGAL` or `TIME_INVALID`
 */
export function parseReport(payload: unknown, now = Date.now()): DeviceReport {
  if (typeof payload !== 'object' || payload === null) {
    throw new GridwireError(
      'SCHEMA_VIOLATION',
      'The payload is no object. Wire the reading and status outputs of a battery node to this one.',
    );
  }
  const { device_id, timestamp, vehicle_id, device_type, connected, ...rest } = payload as Record<
    string,
    unknown
  >;
  const report: DeviceReport = {
    device_id: canonicalAddress(String(device_id)),
    timestamp: formatTime(timeOf(timestamp, now)),
  };
  if (isGiven(vehicle_id)) report.vehicle_id = vehicleIdOf(vehicle_id);
  if (isGiven(device_type)) report.device_type = typed('device_type', device_type, 'string', 'text');
  // Left out, a "false" would make a reading of the status, and the device would count as connected.
  if (isGiven(connected)) report.connected = typed('connected', connected, 'boolean', 'true or false');
  for (const name of NUMBERS) {
    const value = rest[name];
    if (isGiven(value)) report[name] = typed(name, value, 'number', 'a number');
  }
  if (report.connected !== undefined || report.voltage !== undefined) return report;
  throw new GridwireError(
    'SCHEMA_VIOLATION',
    'The payload has neither "voltage", as a reading has, nor "connected", as a status has. Wire the reading and status outputs of a battery node to this one.',
  );
}

/** Python writes null for what is not known. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

interface Types {
  string: string;
  boolean: boolean;
  number: number;
}

function typed<T extends keyof Types>(name: string, value: unknown, type: T, expected: string): Types[T] {
  if (typeof value === type && (typeof value !== 'number' || Number.isFinite(value)))
    return value as Types[T];
  const found = typeof value === 'number' ? String(value) : inspect(value);
  throw new GridwireError(
    'SCHEMA_VIOLATION',
    `"${name}" is ${found.slice(0, 80)}, and must be ${expected}, or null where it is not known.`,
    { details: { violations: [{ path: `/${name}`, rule: 'type', expected, found: found.slice(0, 80) }] } },
  );
}

/** A report from the future would stay the newest, and every later one be ignored as old. */
function timeOf(value: unknown, now: number): number {
  const time = parseTime(value, ZONE);
  if (time <= now + BOUNDS.aheadMilliseconds) return time;
  throw new GridwireError(
    'TIME_INVALID',
    `"timestamp" is ${formatTime(time)}, more than ${BOUNDS.aheadMilliseconds / 60_000} minutes ahead of this clock. Set the device's clock.`,
    { details: { found: formatTime(time), now: formatTime(now) } },
  );
}

/**
 * @throws GridwireError `IDENTIFIER_ILLEGAL` for anything that is not 1 to 64 letters, digits, `_` and `-`
 */
export function vehicleIdOf(value: unknown): string {
  if (typeof value === 'string' && VEHICLE_ID.test(value)) return value;
  throw new GridwireError(
    'IDENTIFIER_ILLEGAL',
    `${JSON.stringify(value)} is not a vehicle id. Use 1 to 64 letters, digits, "_" and "-".`,
  );
}
