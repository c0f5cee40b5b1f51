import type { JsonObject } from '../../event.js';
import { STATUS_NAMES } from './device-messages.js';

const identity: JsonObject = {
  deviceId: { description: 'Number of the device in the EMS.', type: 'integer' },
  serialNumber: { type: 'string', minLength: 1, maxLength: 256 },
  siteId: { type: 'integer' },
  timestamp: { type: 'string', format: 'timestamp' },
};

export const deviceTelemetryPayload: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['deviceId', 'serialNumber', 'siteId', 'deviceType', 'telemetryData', 'timestamp', 'eventType'],
  properties: {
    ...identity,
    deviceType: { description: 'For example SOLAR_INVERTER.', type: 'string', minLength: 1, maxLength: 100 },
    telemetryData: { type: 'object' },
    eventType: { const: 'DEVICE_TELEMETRY' },
  },
};

export const deviceStatusPayload: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['deviceId', 'serialNumber', 'siteId', 'previousStatus', 'newStatus', 'timestamp', 'eventType'],
  properties: {
    ...identity,
    previousStatus: { enum: [...STATUS_NAMES, null] },
    newStatus: { enum: STATUS_NAMES },
    eventType: { const: 'DEVICE_STATUS_CHANGE' },
    reason: { type: 'string' },
  },
};
