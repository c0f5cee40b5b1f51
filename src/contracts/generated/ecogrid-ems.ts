// Made by "npm run docs" from the payload schemas; changes here are lost.

/** Telemetry from a device. What a device measured, in whatever members it has. */
export type Telemetry = {
  /** Unit: kW. */
  powerKw?: number;
  /** Unit: V. */
  voltage?: number;
  /** Unit: A. */
  current?: number;
  /** Unit: Cel. */
  temperature?: number;
  /** Unit: %. */
  efficiency?: number;
  /** When it was measured; the time of arrival where it is missing. */
  timestamp?: string | number;
  [member: string]: unknown;
};

/** Telemetry from a battery. Recognised by its members; whatever else arrives on the topic is plain telemetry. */
export type TelemetryBms = {
  deviceId?: number;
  timestamp?: string | number;
  qualityIndicators?: { [member: string]: unknown };
  /** Unit: %. */
  soc: number;
  /** Unit: kWh. */
  remainingCapacity: number;
  /** Unit: kWh. */
  nominalCapacity: number;
  /** Unit: kW. */
  chargeRate: number;
  /** Unit: V. */
  voltage: number;
  /** Unit: A. */
  current: number;
  /** Unit: Cel. */
  temperature: number;
  healthStatus: 'EXCELLENT' | 'GOOD' | 'FAIR' | 'POOR';
  /** Unit: %. */
  efficiency: number;
  /** Unit: Cel. */
  moduleTemperatures?: number[];
  cycleCount?: number;
  alarms?: string[];
  warnings?: string[];
  lastMaintenance?: string | number;
  [member: string]: unknown;
};

/** Telemetry from a solar array. Recognised by its members; whatever else arrives on the topic is plain telemetry. */
export type TelemetrySolar = {
  deviceId?: number;
  timestamp?: string | number;
  qualityIndicators?: { [member: string]: unknown };
  /** Unit: kW. */
  currentOutput: number;
  /** Unit: kWh. */
  energyYield: number;
  /** Unit: kWh. */
  energyYieldTotal?: number;
  /** Unit: Cel. */
  panelTemperature: number;
  /** Unit: Cel. */
  ambientTemperature?: number;
  /** Unit: W/m2. */
  irradiance: number;
  /** Unit: m/s. */
  windSpeed?: number;
  /** Unit: %. */
  inverterEfficiency: number;
  /** Unit: %. */
  systemEfficiency: number;
  /** Unit: %. */
  performanceRatio: number;
  inverterStatus: 'ONLINE' | 'OFFLINE' | 'FAULT';
  stringData?: {
    stringId: string;
    /** Unit: V. */
    voltage?: number;
    /** Unit: A. */
    current?: number;
    /** Unit: kW. */
    power?: number;
    /** Unit: Cel. */
    temperature?: number;
    [member: string]: unknown;
  }[];
  alarms?: string[];
  lastCleaning?: string | number;
  [member: string]: unknown;
};

/** Telemetry from an EV charger. Recognised by its members; whatever else arrives on the topic is plain telemetry. */
export type TelemetryEv = {
  deviceId?: number;
  timestamp?: string | number;
  qualityIndicators?: { [member: string]: unknown };
  activeSessions: number;
  totalSessions: number;
  /** Unit: kW. */
  powerDelivered: number;
  /** Unit: kWh. */
  energyDelivered: number;
  revenue: number;
  /** Unit: min. */
  avgSessionDuration: number;
  /** Unit: %. */
  utilizationRate: number;
  networkConnectivity: boolean;
  paymentSystemStatus: 'ONLINE' | 'OFFLINE';
  faults: number;
  /** Unit: %. */
  uptime: number;
  chargerData?: {
    chargerId: string;
    status: 'AVAILABLE' | 'OCCUPIED' | 'CHARGING' | 'FAULT';
    sessionId?: string | null;
    /** Unit: kW. */
    powerOutput?: number;
    /** Unit: min. */
    sessionDuration?: number;
    /** Unit: kWh. */
    energyDelivered?: number;
    connectorType?: 'CCS' | 'CHAdeMO' | 'Type2';
    [member: string]: unknown;
  }[];
  [member: string]: unknown;
};

/** Command to a device. What a device shall do. Late is dangerous: a command that waited longer than a minute is dropped. */
export type Commands = {
  command: string;
  parameters?: { [member: string]: unknown };
  timestamp?: string | number;
  [member: string]: unknown;
};

/** Status from a device. The state a device says it is in. */
export type Status = {
  status: 'ONLINE' | 'OFFLINE' | 'MAINTENANCE' | 'ERROR' | 'online' | 'offline' | 'maintenance' | 'error';
  reason?: string;
  timestamp?: string | number;
  [member: string]: unknown;
};

/** Device telemetry. Telemetry with the identity of its device, for the services behind. */
export type DeviceTelemetry = {
  /** Number of the device in the EMS. */
  deviceId: number;
  serialNumber: string;
  siteId: number;
  timestamp: string;
  /** For example SOLAR_INVERTER. */
  deviceType: string;
  telemetryData: { [member: string]: unknown };
  eventType: 'DEVICE_TELEMETRY';
};

/** Device status change. A device went from one status to another. */
export type DeviceStatus = {
  /** Number of the device in the EMS. */
  deviceId: number;
  serialNumber: string;
  siteId: number;
  timestamp: string;
  previousStatus: 'ONLINE' | 'OFFLINE' | 'MAINTENANCE' | 'ERROR' | null;
  newStatus: 'ONLINE' | 'OFFLINE' | 'MAINTENANCE' | 'ERROR';
  eventType: 'DEVICE_STATUS_CHANGE';
  reason?: string;
};

/** Device alert. A measurement crossed a threshold, or a device is away. */
export type DeviceAlerts = {
  deviceId: number;
  siteId: number;
  alertType: string;
  severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  message: string;
  thresholdValue?: number | null;
  actualValue?: number | null;
  deviceName?: string | null;
  deviceType?: string | null;
  siteName?: string | null;
  timestamp: string;
  acknowledged?: boolean;
  resolved?: boolean;
  [member: string]: unknown;
};

/** Batteries of a site. Figures of a whole site over an interval. */
export type SiteBmsAggregation = { siteId: number; timestamp: string; [member: string]: unknown };

/** Solar arrays of a site. Figures of a whole site over an interval. */
export type SiteSolarAggregation = { siteId: number; timestamp: string; [member: string]: unknown };

/** EV chargers of a site. Figures of a whole site over an interval. */
export type SiteEvchargerAggregation = { siteId: number; timestamp: string; [member: string]: unknown };

/** Metrics of a site. Figures of a whole site over an interval. */
export type SiteMetrics = { siteId: number; timestamp: string; [member: string]: unknown };

/** The payload of each event type of ecogrid-ems. */

export interface EcogridEmsPayloads {
  telemetry: Telemetry;
  'telemetry-bms': TelemetryBms;
  'telemetry-solar': TelemetrySolar;
  'telemetry-ev': TelemetryEv;
  commands: Commands;
  status: Status;
  'device-telemetry': DeviceTelemetry;
  'device-status': DeviceStatus;
  'device-alerts': DeviceAlerts;
  'site-bms-aggregation': SiteBmsAggregation;
  'site-solar-aggregation': SiteSolarAggregation;
  'site-evcharger-aggregation': SiteEvchargerAggregation;
  'site-metrics': SiteMetrics;
}
