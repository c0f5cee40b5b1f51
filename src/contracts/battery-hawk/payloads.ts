import type { JsonObject } from '../../event.js';

const identifier: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };
const macAddress: JsonObject = { type: 'string', pattern: '^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$' };
const vehicleId: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 256 };
const time: JsonObject = {
  description: 'ISO 8601; the running code also writes seconds since 1970.',
  anyOf: [
    { type: 'string', format: 'timestamp' },
    { type: 'number', minimum: 0 },
    { type: 'string', format: 'unix-time' },
  ],
};
const count: JsonObject = { type: 'integer', minimum: 0 };
const extra: JsonObject = { description: 'Whatever else the device said.', type: ['object', 'null'] };
const gauge = (unit: string, more: JsonObject = {}): JsonObject => ({
  type: ['number', 'null'],
  'x-unit': unit,
  'x-kind': 'gauge',
  ...more,
});

const measurements: JsonObject = {
  voltage: gauge('V'),
  current: gauge('A'),
  temperature: gauge('Cel'),
  state_of_charge: gauge('%', { minimum: 0, maximum: 100 }),
  capacity: gauge('Ah', { minimum: 0 }),
  cycles: { type: ['integer', 'null'], minimum: 0, 'x-kind': 'counter' },
  power: { ...gauge('W'), description: 'Voltage times current.' },
};

export const reading: JsonObject = {
  type: 'object',
  required: ['device_id', 'timestamp', 'voltage'],
  properties: {
    device_id: macAddress,
    timestamp: time,
    ...measurements,
    vehicle_id: vehicleId,
    device_type: identifier,
    extra,
  },
};

export const deviceStatus: JsonObject = {
  type: 'object',
  required: ['device_id', 'timestamp', 'connected'],
  properties: {
    device_id: macAddress,
    timestamp: time,
    connected: { type: 'boolean' },
    error_code: { type: ['integer', 'null'] },
    error_message: { type: ['string', 'null'], maxLength: 10_000 },
    protocol_version: { type: ['string', 'null'], maxLength: 256 },
    last_command: { type: ['string', 'null'], maxLength: 256 },
    device_type: identifier,
    vehicle_id: vehicleId,
    extra,
    ...measurements,
    latest_reading: { type: ['object', 'null'] },
    reading_extra: { type: ['object', 'null'] },
  },
};

export const vehicleSummary: JsonObject = {
  type: 'object',
  required: ['vehicle_id', 'timestamp', 'total_devices', 'connected_devices', 'overall_health'],
  properties: {
    vehicle_id: vehicleId,
    timestamp: time,
    name: { type: ['string', 'null'], maxLength: 1000 },
    total_devices: count,
    connected_devices: count,
    disconnected_devices: count,
    average_voltage: gauge('V'),
    total_capacity: gauge('Ah', { minimum: 0 }),
    overall_health: { description: 'In the running code excellent, good, fair or poor.', ...identifier },
    health_score: { type: ['number', 'null'], minimum: 0, maximum: 1 },
    devices: { type: 'array', items: { type: 'object', required: ['id'] }, maxItems: 10_000 },
    last_updated: time,
  },
};

/** Open: the document shows three groups and calls for "overall system health and operational information". */
export const systemStatus: JsonObject = {
  type: 'object',
  required: ['timestamp'],
  properties: {
    timestamp: time,
    core: { type: 'object' },
    storage: { type: 'object' },
    components: { type: 'object' },
  },
};

export const discovery: JsonObject = {
  type: 'object',
  required: ['device_id', 'timestamp'],
  properties: {
    device_id: macAddress,
    timestamp: time,
    device_type: { type: ['string', 'null'], maxLength: 256 },
    name: { type: ['string', 'null'], maxLength: 1000 },
    rssi: { type: ['number', 'null'], 'x-unit': 'dBm', 'x-kind': 'gauge' },
    advertisement_data: { type: ['object', 'null'] },
  },
};

export const association: JsonObject = {
  type: 'object',
  required: ['device_id', 'vehicle_id', 'timestamp'],
  properties: {
    device_id: macAddress,
    vehicle_id: vehicleId,
    timestamp: time,
    device_type: { type: ['string', 'null'], maxLength: 256 },
    new_vehicle: { type: 'boolean' },
  },
};

export const shutdown: JsonObject = {
  type: 'object',
  required: ['status', 'timestamp'],
  properties: {
    status: { const: 'shutting_down' },
    timestamp: time,
    reason: { type: 'string', maxLength: 1000 },
  },
};
