import type { AdvertisedState } from '../frames/advertisement.js';
import type { Family } from '../frames/family.js';
import type { Measurement } from '../frames/measurement.js';
import type { ErrorCode, GridwireError } from '../../errors.js';
import type { Advertisement } from './adapter.js';

/**
 * What the reader tells, in the words of Battery Hawk's document, so that its contract publishes them as they are.
 * Times are UTC with milliseconds.
 */
export interface BatteryReading {
  device_id: string;
  timestamp: string;
  device_type: Family;
  /** Volts. */
  voltage: number;
  /** Degrees Celsius; absent for BM2, which does not measure it. */
  temperature?: number;
  /** Percent, as the device computes it. */
  state_of_charge: number;
  vehicle_id?: string;
  extra: {
    /** Where the numbers came from: a link, or an advertisement without one. */
    source: 'link' | 'advertisement';
    /** dBm, of the latest advertisement. */
    signal_strength?: number;
    /** Fields of the frame whose meaning is not settled. */
    unconfirmed: Record<string, number | string>;
  };
}

export interface BatteryStatus {
  device_id: string;
  timestamp: string;
  /** The monitor could be reached when it was last tried. Between two polls the link itself is closed. */
  connected: boolean;
  device_type?: Family;
  vehicle_id?: string;
  /** The document wants a number here; `extra.error` is the stable name. */
  error_code?: number;
  error_message?: string;
  protocol_version?: string;
  last_command?: string;
  /** What was last measured, if anything was; a running Battery Hawk shows charge and voltage from its statuses. */
  latest_reading?: LatestReading;
  extra: {
    error?: ErrorCode;
    signal_strength?: number;
    /** No reading for longer than the device's interval allows. */
    stale?: boolean;
  };
}

export type LatestReading = Pick<BatteryReading, 'timestamp' | 'voltage' | 'temperature' | 'state_of_charge'>;

export interface BatteryDiscovery {
  device_id: string;
  timestamp: string;
  /** Known once an advertisement has shown it. */
  device_type: Family | 'unknown';
  name: string;
  /** dBm. */
  rssi: number;
  advertisement_data: {
    manufacturer_data?: string;
    service_uuids: string[];
    voltage?: number;
    state_of_charge?: number;
  };
}

/** Who a reading is about. */
export interface DeviceIdentity {
  address: string;
  vehicleId?: string;
}

export function readingFromLink(
  device: DeviceIdentity,
  family: Family,
  measurement: Measurement,
  signalStrength: number | undefined,
): BatteryReading {
  return {
    ...head(device),
    device_type: family,
    voltage: measurement.voltage,
    ...(measurement.temperature === undefined ? {} : { temperature: measurement.temperature }),
    state_of_charge: measurement.stateOfCharge,
    extra: {
      source: 'link',
      ...signal(signalStrength),
      unconfirmed: { ...measurement.unconfirmed },
    },
  };
}

/** A reading without a link; an iBeacon carries no voltage and therefore makes none. */
export function readingFromAdvertisement(
  device: DeviceIdentity,
  state: Extract<AdvertisedState, { kind: 'encrypted' }>,
  rssi: number,
): BatteryReading {
  return {
    ...head(device),
    device_type: state.family,
    voltage: state.voltage,
    state_of_charge: state.stateOfCharge,
    extra: { source: 'advertisement', signal_strength: rssi, unconfirmed: { ...state.unconfirmed } },
  };
}

/** Numbers for Battery Hawk's `error_code`; 1001 is its own example, a connection timeout. Never re-used. */
const ERROR_NUMBERS: Partial<Record<ErrorCode, number>> = {
  MONITOR_UNREACHABLE: 1001,
  MONITOR_LINK_LOST: 1002,
  MONITOR_SILENT: 1003,
  MONITOR_UNREADABLE: 1004,
  BLUETOOTH_UNAVAILABLE: 1101,
  BLUETOOTH_FORBIDDEN: 1102,
  BLUETOOTH_NOT_INSTALLED: 1103,
};
const OTHER_ERROR = 1000;

function numberOf(error: GridwireError): number {
  return ERROR_NUMBERS[error.code] ?? OTHER_ERROR;
}

export interface StatusFacts {
  connected: boolean;
  family?: Family | undefined;
  error?: GridwireError | undefined;
  version?: string | undefined;
  lastCommand?: string | undefined;
  signalStrength?: number | undefined;
  stale?: boolean | undefined;
}

export function statusOf(device: DeviceIdentity, facts: StatusFacts): BatteryStatus {
  return {
    ...head(device),
    connected: facts.connected,
    ...(facts.family ? { device_type: facts.family } : {}),
    ...(facts.error ? { error_code: numberOf(facts.error), error_message: facts.error.message } : {}),
    ...(facts.version ? { protocol_version: facts.version } : {}),
    ...(facts.lastCommand ? { last_command: facts.lastCommand } : {}),
    extra: {
      ...(facts.error ? { error: facts.error.code } : {}),
      ...signal(facts.signalStrength),
      ...(facts.stale ? { stale: true } : {}),
    },
  };
}

export function discoveryOf(
  advertisement: Advertisement,
  state: AdvertisedState | undefined,
): BatteryDiscovery {
  const { manufacturerData } = advertisement;
  return {
    device_id: advertisement.address,
    timestamp: new Date().toISOString(),
    device_type: state?.family ?? 'unknown',
    name: advertisement.name ?? '',
    rssi: advertisement.rssi,
    advertisement_data: {
      ...(manufacturerData ? { manufacturer_data: Buffer.from(manufacturerData).toString('hex') } : {}),
      service_uuids: [...advertisement.serviceUuids],
      ...(state?.kind === 'encrypted' ? { voltage: state.voltage } : {}),
      ...(state ? { state_of_charge: state.stateOfCharge } : {}),
    },
  };
}

function head(device: DeviceIdentity): { device_id: string; timestamp: string; vehicle_id?: string } {
  return {
    device_id: device.address,
    timestamp: new Date().toISOString(),
    ...(device.vehicleId ? { vehicle_id: device.vehicleId } : {}),
  };
}

function signal(dbm: number | undefined): { signal_strength?: number } {
  return dbm === undefined ? {} : { signal_strength: dbm };
}
