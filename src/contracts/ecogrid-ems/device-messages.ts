import type { JsonObject } from '../../event.js';

/**
 * Telemetry is open: device makers add members. The members the document names are checked, because a text where a
 * number belongs poisons every sum behind; anything else must at least be a JSON value of bounded size.
 */
export const telemetryPayload: JsonObject = {
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  properties: {
    powerKw: { type: 'number', 'x-unit': 'kW', 'x-kind': 'gauge' },
    voltage: { type: 'number', 'x-unit': 'V', 'x-kind': 'gauge' },
    current: { type: 'number', 'x-unit': 'A', 'x-kind': 'gauge' },
    temperature: { type: 'number', 'x-unit': 'Cel', 'x-kind': 'gauge' },
    efficiency: { type: 'number', 'x-unit': '%', 'x-kind': 'gauge' },
    timestamp: {
      description: 'When it was measured; the time of arrival where it is missing.',
      type: ['string', 'number'],
    },
  },
};

const statusNames = ['ONLINE', 'OFFLINE', 'MAINTENANCE', 'ERROR'];

export const statusPayload: JsonObject = {
  type: 'object',
  required: ['status'],
  properties: {
    // Devices write it in either case; the event behind carries upper case.
    status: { enum: [...statusNames, ...statusNames.map((name) => name.toLowerCase())] },
    reason: { type: 'string', maxLength: 1000 },
    timestamp: { type: ['string', 'number'] },
  },
};

/**
 * The document says only "JSON command structure", so a name and its parameters are all that is asked for. Whoever
 * writes a timestamp lets the reader see, on any broker, that a command is late.
 */
export const commandPayload: JsonObject = {
  type: 'object',
  required: ['command'],
  properties: {
    command: { type: 'string', minLength: 1, maxLength: 200 },
    parameters: { type: 'object' },
    timestamp: { type: ['string', 'number'] },
  },
};

export const STATUS_NAMES = statusNames;
