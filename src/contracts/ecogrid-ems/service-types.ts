import type { JsonObject } from '../../event.js';
import type { EventTypeData } from '../contract-data.js';
import { ALERT_SEVERITIES } from './alert-rules.js';

const time = { type: 'string', format: 'timestamp' };
const event = { role: 'event', qos: 1, retain: false } as const;
const withTime = {
  timePointer: '/timestamp',
  members: { timestamp: { template: '{now}' } },
};

const alertPayload: JsonObject = {
  type: 'object',
  required: ['deviceId', 'siteId', 'alertType', 'severity', 'message', 'timestamp'],
  properties: {
    deviceId: { type: 'integer' },
    siteId: { type: 'integer' },
    alertType: { type: 'string', minLength: 1, maxLength: 100 },
    severity: { enum: ALERT_SEVERITIES },
    message: { type: 'string', maxLength: 10_000 },
    thresholdValue: { type: ['number', 'null'] },
    actualValue: { type: ['number', 'null'] },
    deviceName: { type: ['string', 'null'] },
    deviceType: { type: ['string', 'null'] },
    siteName: { type: ['string', 'null'] },
    timestamp: time,
    acknowledged: { type: 'boolean' },
    resolved: { type: 'boolean' },
  },
};

/** The code keys these by site; their members are the aggregating service's own affair. */
function siteEvent(title: string, topic: string, example: JsonObject): EventTypeData {
  return {
    ...event,
    title,
    description: 'Figures of a whole site over an interval.',
    source: `running code, Kafka topic ${topic}`,
    topic,
    keyPointer: '/siteId',
    envelope: withTime,
    payload: {
      type: 'object',
      required: ['siteId', 'timestamp'],
      properties: { siteId: { type: 'integer' }, timestamp: time },
    },
    example: { siteId: 1, timestamp: '2025-10-04T10:15:00Z', ...example },
  };
}

/** What the services behind exchange. The document does not name these topics; the running code uses them. */
export const serviceTypes: Record<string, EventTypeData> = {
  'device-alerts': {
    ...event,
    title: 'Device alert',
    description: 'A measurement crossed a threshold, or a device is away.',
    source: 'running code, Kafka topic device-alerts',
    publisher: 'Device Service',
    consumers: ['Notification Service'],
    topic: 'device-alerts',
    keyPointer: '/deviceId',
    envelope: {
      ...withTime,
      members: { ...withTime.members, acknowledged: { value: false }, resolved: { value: false } },
    },
    payload: alertPayload,
    example: {
      deviceId: 123,
      siteId: 1,
      alertType: 'TEMPERATURE_HIGH',
      severity: 'HIGH',
      message: 'The temperature is above 80.',
      thresholdValue: 80,
      actualValue: 83.5,
      deviceName: 'Inverter 1',
      deviceType: 'SOLAR_INVERTER',
      siteName: 'North',
      timestamp: '2025-10-04T10:15:00Z',
      acknowledged: false,
      resolved: false,
    },
  },
  'site-bms-aggregation': siteEvent('Batteries of a site', 'site-bms-aggregation', { averageSoc: 74.2 }),
  'site-solar-aggregation': siteEvent('Solar arrays of a site', 'site-solar-aggregation', {
    totalOutput: 231.4,
  }),
  'site-evcharger-aggregation': siteEvent('EV chargers of a site', 'site-evcharger-aggregation', {
    activeSessions: 9,
  }),
  'site-metrics': siteEvent('Metrics of a site', 'site-metrics', { totalPower: 188.9 }),
};
