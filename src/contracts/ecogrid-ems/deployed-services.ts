import type { JsonObject } from '../../event.js';

/** By which Spring's deserialiser finds the Java type of a value; a consumer stops for good where they are missing. */
export const javaMap: JsonObject = {
  __TypeId__: 'java.util.HashMap',
  __ContentTypeId__: 'java.lang.Object',
  __KeyTypeId__: 'java.lang.Object',
};

export const statusEvent: JsonObject = { __TypeId__: 'com.ecogrid.ems.device.event.DeviceStatusEvent' };

/** Year, month, day, hour, minute, and where they are not 0 second and nanosecond; other programs write it as a text. */
export const localDateTime: JsonObject = {
  description: "Java's LocalDateTime as a list of numbers, or ISO 8601.",
  type: ['array', 'string'],
  format: 'timestamp',
  items: { type: 'integer' },
  minItems: 5,
  maxItems: 7,
};

/** Figures of a site: they name their site in the key alone, and their time is when they were last updated. */
function ofSite(example: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    keyPointer: null,
    keyParameter: 'siteId',
    logHeaders: javaMap,
    envelope: {
      timePointer: '/lastUpdated',
      members: { timestamp: null, lastUpdated: { template: '{now}' } },
    },
    payload: { required: ['lastUpdated'], properties: { timestamp: null, lastUpdated: localDateTime } },
    example: {
      siteId: null,
      timestamp: null,
      lastUpdated: [2025, 10, 4, 10, 15, 29, 863_898_626],
      ...example,
    },
    exampleParameters: { siteId: '1' },
    ...more,
  };
}

/** What the services behind exchange, as they really write it. */
export const deployedServiceTypes: JsonObject = {
  'device-alerts': {
    logHeaders: javaMap,
    payload: { properties: { timestamp: localDateTime } },
    example: { timestamp: [2025, 10, 4, 10, 15, 28, 958_359_762] },
  },
  'site-bms-aggregation': ofSite({
    averageSoc: null,
    totalCapacity: 147.2,
    avgSOC: 59.65,
    totalChargeRate: -4.7,
    avgTemperature: 34.7,
    avgEfficiency: 95.75,
    activeDevices: 2,
    offlineDevices: 0,
  }),
  'site-solar-aggregation': ofSite({
    totalOutput: 435.8,
    dailyYield: 498.8,
    avgEfficiency: 96.1,
    avgPanelTemp: 33.3,
    irradiance: 523,
    performanceRatio: 83.8,
    activeStrings: 1,
    faultedStrings: 0,
  }),
  'site-evcharger-aggregation': ofSite({
    totalChargers: 1,
    activeChargers: 1,
    activeSessions: 1,
    totalPowerDelivery: 102.9,
    dailyRevenue: 98.84,
    avgUtilization: 10,
    dailyEnergy: 294.8,
    avgSessionDuration: 46.5,
  }),
  'site-metrics': ofSite({
    siteId: 1,
    totalPower: null,
    totalDevices: 2,
    onlineDevices: 2,
    offlineDevices: 0,
    faultDevices: 0,
    totalActiveAlerts: 0,
    availability: 100,
    uptime: 100,
  }),
};
