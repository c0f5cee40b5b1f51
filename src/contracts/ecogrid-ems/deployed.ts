import type { JsonObject } from '../../event.js';
import type { DialectData } from '../contract-data.js';

/** Telemetry of one kind: what the simulator publishes and the device service subscribes to. */
function telemetryOn(kind: string): JsonObject {
  return {
    topic: `ecogrid/site{siteId}/${kind}/{unit}`,
    recognisedBy: null,
    derivedParameters: { serialNumber: `${kind.toUpperCase()}-SITE{siteId}-{unit}` },
    // The code tries the strict form and falls back to "any map", so nothing is refused for its members.
    envelope: { checkPayload: false },
    exampleParameters: { serialNumber: null, unit: '001' },
  };
}

const statuses = ['ONLINE', 'OFFLINE', 'MAINTENANCE', 'ERROR', 'COMMISSIONING', 'DECOMMISSIONED'];
const telemetryRoute: JsonObject = {
  becomes: 'device-telemetry',
  members: { serialNumber: null, telemetryData: null, telemetry: 'payload', timestamp: null },
};

/**
 * What the running code does: device topics by site and kind, and on the MQTT path a Kafka event without serial number
 * and event type, keyed by device id. Times name no zone.
 */
export const deployed: DialectData = {
  title: 'as deployed',
  description: 'Joins an installation that runs the EcoGrid code: topics ecogrid/site{N}/{type}/{id}.',
  patch: {
    timeFormat: 'naive-seconds',
    parameters: {
      unit: { description: 'the number of the unit at its site, such as 001', kind: 'identifier' },
    },
    retry: { factor: 1, delay: 1000 },
    types: {
      telemetry: null,
      'telemetry-bms': telemetryOn('bms'),
      'telemetry-solar': telemetryOn('solar'),
      'telemetry-ev': telemetryOn('ev'),
      status: {
        payload: {
          properties: { status: { enum: [...statuses, ...statuses.map((name) => name.toLowerCase())] } },
        },
      },
      'device-telemetry': {
        keyPointer: '/deviceId',
        envelope: {
          order: ['deviceId', 'siteId', 'deviceType', 'telemetry', 'timestamp'],
          members: { telemetry: {} },
        },
        payload: {
          required: ['deviceId', 'siteId', 'deviceType', 'telemetry', 'timestamp'],
          properties: { telemetryData: null, telemetry: { type: 'object' } },
        },
        example: {
          serialNumber: null,
          telemetryData: null,
          eventType: null,
          telemetry: { soc: 76.5, chargeRate: -25.4 },
          timestamp: '2025-10-04T10:15:00',
        },
      },
      'device-status': {
        payload: {
          properties: {
            previousStatus: { enum: [...statuses, null] },
            newStatus: { enum: statuses },
            // Its consumer reads this one, which no producer writes.
            status: { enum: statuses },
          },
        },
        example: { timestamp: '2025-10-04T10:15:00' },
      },
    },
    ingest: {
      filter: 'ecogrid/#',
      routes: {
        telemetry: null,
        'telemetry-bms': telemetryRoute,
        'telemetry-solar': telemetryRoute,
        'telemetry-ev': telemetryRoute,
        status: { members: { timestamp: null } },
      },
    },
  },
};
