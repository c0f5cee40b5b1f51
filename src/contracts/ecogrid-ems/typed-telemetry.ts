import type { JsonObject } from '../../event.js';

const quantity = (unit: string, more: JsonObject = {}): JsonObject => ({
  type: 'number',
  'x-unit': unit,
  'x-kind': 'gauge',
  ...more,
});
const percent = quantity('%', { minimum: 0, maximum: 100 });
const positive = (unit: string): JsonObject => quantity(unit, { minimum: 0 });
const counter = (unit: string): JsonObject => ({ ...positive(unit), 'x-kind': 'counter' });
const count: JsonObject = { type: 'integer', minimum: 0, 'x-kind': 'gauge' };
const texts: JsonObject = { type: 'array', items: { type: 'string', maxLength: 1000 }, maxItems: 1000 };
const time: JsonObject = { type: ['string', 'number'] };

const base: JsonObject = {
  deviceId: { type: 'integer' },
  timestamp: time,
  qualityIndicators: { type: 'object' },
};

/** Battery storage. The charge rate is positive when charging, as everywhere in Gridwire. */
export const bmsTelemetry: JsonObject = {
  type: 'object',
  required: [
    'soc',
    'remainingCapacity',
    'nominalCapacity',
    'chargeRate',
    'voltage',
    'current',
    'temperature',
    'healthStatus',
    'efficiency',
  ],
  properties: {
    ...base,
    soc: percent,
    remainingCapacity: positive('kWh'),
    nominalCapacity: positive('kWh'),
    chargeRate: quantity('kW', { 'x-sign': 'charging-positive' }),
    voltage: quantity('V'),
    current: quantity('A'),
    temperature: quantity('Cel'),
    healthStatus: { enum: ['EXCELLENT', 'GOOD', 'FAIR', 'POOR'] },
    efficiency: percent,
    moduleTemperatures: { type: 'array', items: { type: 'number' }, maxItems: 10_000, 'x-unit': 'Cel' },
    cycleCount: { type: 'integer', minimum: 0, 'x-kind': 'counter' },
    alarms: texts,
    warnings: texts,
    lastMaintenance: time,
  },
};

export const solarTelemetry: JsonObject = {
  type: 'object',
  required: [
    'currentOutput',
    'energyYield',
    'panelTemperature',
    'irradiance',
    'inverterEfficiency',
    'systemEfficiency',
    'performanceRatio',
    'inverterStatus',
  ],
  properties: {
    ...base,
    currentOutput: quantity('kW', { 'x-sign': 'generation-positive' }),
    energyYield: { ...positive('kWh'), 'x-kind': 'interval' },
    energyYieldTotal: counter('kWh'),
    panelTemperature: quantity('Cel'),
    ambientTemperature: quantity('Cel'),
    irradiance: positive('W/m2'),
    windSpeed: positive('m/s'),
    inverterEfficiency: percent,
    systemEfficiency: percent,
    performanceRatio: percent,
    inverterStatus: { enum: ['ONLINE', 'OFFLINE', 'FAULT'] },
    stringData: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['stringId'],
        properties: {
          stringId: { type: 'string' },
          voltage: quantity('V'),
          current: quantity('A'),
          power: quantity('kW'),
          temperature: quantity('Cel'),
        },
      },
    },
    alarms: texts,
    lastCleaning: time,
  },
};

export const evChargerTelemetry: JsonObject = {
  type: 'object',
  required: [
    'activeSessions',
    'totalSessions',
    'powerDelivered',
    'energyDelivered',
    'revenue',
    'avgSessionDuration',
    'utilizationRate',
    'networkConnectivity',
    'paymentSystemStatus',
    'faults',
    'uptime',
  ],
  properties: {
    ...base,
    activeSessions: count,
    totalSessions: { ...count, 'x-kind': 'counter' },
    powerDelivered: positive('kW'),
    energyDelivered: counter('kWh'),
    revenue: { type: 'number' },
    avgSessionDuration: positive('min'),
    utilizationRate: percent,
    networkConnectivity: { type: 'boolean' },
    paymentSystemStatus: { enum: ['ONLINE', 'OFFLINE'] },
    faults: count,
    uptime: percent,
    chargerData: {
      type: 'array',
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['chargerId', 'status'],
        properties: {
          chargerId: { type: 'string' },
          status: { enum: ['AVAILABLE', 'OCCUPIED', 'CHARGING', 'FAULT'] },
          sessionId: { type: ['string', 'null'] },
          powerOutput: positive('kW'),
          sessionDuration: positive('min'),
          energyDelivered: positive('kWh'),
          connectorType: { enum: ['CCS', 'CHAdeMO', 'Type2'] },
        },
      },
    },
  },
};
