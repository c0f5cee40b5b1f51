// Made by "npm run docs" from the payload schemas; changes here are lost.

/** Device reading. What a battery monitor measured. */
export type Reading = {
  device_id: string;
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  /** Unit: V. */
  voltage: number | null;
  /** Unit: A. */
  current?: number | null;
  /** Unit: Cel. */
  temperature?: number | null;
  /** Unit: %. */
  state_of_charge?: number | null;
  /** Unit: Ah. */
  capacity?: number | null;
  cycles?: number | null;
  /** Voltage times current. Unit: W. */
  power?: number | null;
  vehicle_id?: string;
  device_type?: string;
  /** Whatever else the device said. */
  extra?: { [member: string]: unknown } | null;
  [member: string]: unknown;
};

/** Device status. Whether a battery monitor is connected, and what went wrong if not. */
export type Status = {
  device_id: string;
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  connected: boolean;
  error_code?: number | null;
  error_message?: string | null;
  protocol_version?: string | null;
  last_command?: string | null;
  device_type?: string;
  vehicle_id?: string;
  /** Whatever else the device said. */
  extra?: { [member: string]: unknown } | null;
  /** Unit: V. */
  voltage?: number | null;
  /** Unit: A. */
  current?: number | null;
  /** Unit: Cel. */
  temperature?: number | null;
  /** Unit: %. */
  state_of_charge?: number | null;
  /** Unit: Ah. */
  capacity?: number | null;
  cycles?: number | null;
  /** Voltage times current. Unit: W. */
  power?: number | null;
  latest_reading?: { [member: string]: unknown } | null;
  reading_extra?: { [member: string]: unknown } | null;
  [member: string]: unknown;
};

/** Vehicle summary. The batteries of a vehicle at a glance. */
export type VehicleSummary = {
  vehicle_id: string;
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  name?: string | null;
  total_devices: number;
  connected_devices: number;
  disconnected_devices?: number;
  /** Unit: V. */
  average_voltage?: number | null;
  /** Unit: Ah. */
  total_capacity?: number | null;
  /** In the running code excellent, good, fair or poor. */
  overall_health: string;
  health_score?: number | null;
  devices?: { [member: string]: unknown }[];
  /** ISO 8601; the running code also writes seconds since 1970. */
  last_updated?: string | number;
  [member: string]: unknown;
};

/** Device associated. A battery monitor belongs to a vehicle now. */
export type DeviceAssociated = {
  device_id: string;
  vehicle_id: string;
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  device_type?: string | null;
  new_vehicle?: boolean;
  [member: string]: unknown;
};

/** System status. How Battery Hawk itself is. */
export type SystemStatus = {
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  core?: { [member: string]: unknown };
  storage?: { [member: string]: unknown };
  components?: { [member: string]: unknown };
  [member: string]: unknown;
};

/** System shutdown. Battery Hawk is about to stop. */
export type Shutdown = {
  status: 'shutting_down';
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  reason?: string;
  [member: string]: unknown;
};

/** Device discovered. A scan found a battery monitor. */
export type Discovery = {
  device_id: string;
  /** ISO 8601; the running code also writes seconds since 1970. */
  timestamp: string | number;
  device_type?: string | null;
  name?: string | null;
  /** Unit: dBm. */
  rssi?: number | null;
  advertisement_data?: { [member: string]: unknown } | null;
  [member: string]: unknown;
};

/** The payload of each event type of battery-hawk. */

export interface BatteryHawkPayloads {
  reading: Reading;
  status: Status;
  'vehicle-summary': VehicleSummary;
  'device-associated': DeviceAssociated;
  'system-status': SystemStatus;
  shutdown: Shutdown;
  discovery: Discovery;
}
