import type { JsonObject } from '../../event.js';
import type { DialectData } from '../contract-data.js';
import { deployedServiceTypes, javaMap, localDateTime, statusEvent } from './deployed-services.js';

/** Telemetry of one kind: what the simulator publishes and the device service subscribes to. */
function telemetryOn(kind: string): JsonObject {
  return {
    topic: 'ecogrid/site{siteId}/{kind}/{unit}',
    recognisedBy: null,
    parameters: {
      kind: {
        description: 'the kind of device, in either case of letters',
        kind: 'slug',
        values: [kind],
        anyCase: true,
        default: kind,
      },
    },
    // The code reads the site as a number: site01 is site 1.
    derivedParameters: { serialNumber: `${kind.toUpperCase()}-SITE{siteId:number}-{unit}` },
    // The code tries the strict form and falls back to "any map", so nothing is refused for its members.
    envelope: { checkPayload: false },
    exampleParameters: { serialNumber: null, unit: '001' },
  };
}

/** The code reads a status in any case of letters. */
const statusPattern = (names: readonly string[]): string =>
  `^(?:${names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`)).join('|')})$`;

const statuses = ['ONLINE', 'OFFLINE', 'MAINTENANCE', 'ERROR', 'COMMISSIONING', 'DECOMMISSIONED'];
const telemetryRoute: JsonObject = {
  becomes: 'device-telemetry',
  members: { serialNumber: null, telemetryData: null, telemetry: 'payload', timestamp: null },
};

/**
 * What the running code does: device topics by site and kind, and on the MQTT path a Kafka event without serial number
 * and event type, keyed by device id. Its services write a time as a list of numbers, and need Spring's type headers.
 */
export const deployed: DialectData = {
  title: 'as deployed',
  description:
    'Joins an installation that runs the EcoGrid code: topics ecogrid/site{N}/{type}/{id}, times as lists of numbers, and Spring type headers on Kafka.',
  patch: {
    timeFormat: 'java-list',
    timeArrays: true,
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
          properties: { status: { enum: null, type: 'string', pattern: statusPattern(statuses) } },
        },
      },
      'device-telemetry': {
        // Two services write it: one with the serial number, as documented, and one without.
        keyPointer: ['/serialNumber', '/deviceId'],
        logHeaders: javaMap,
        envelope: {
          order: ['deviceId', 'siteId', 'deviceType', 'telemetry', 'timestamp'],
          members: { telemetry: {} },
        },
        payload: {
          required: ['deviceId', 'siteId', 'deviceType', 'timestamp'],
          oneOf: [{ required: ['telemetry'] }, { required: ['telemetryData', 'serialNumber'] }],
          properties: { telemetry: { type: 'object' }, timestamp: localDateTime },
        },
        example: {
          serialNumber: null,
          telemetryData: null,
          eventType: null,
          telemetry: { soc: 76.5, chargeRate: -25.4 },
          timestamp: [2025, 10, 4, 10, 15, 27],
        },
      },
      'device-status': {
        logHeaders: statusEvent,
        payload: {
          properties: {
            previousStatus: { enum: [...statuses, null] },
            newStatus: { enum: statuses },
            // Its consumer reads this one, which no producer writes.
            status: { enum: statuses },
            timestamp: localDateTime,
            reason: { type: ['string', 'null'] },
          },
        },
        example: { timestamp: [2025, 10, 4, 10, 15, 49, 193_728_816] },
      },
      ...deployedServiceTypes,
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
      alert: { members: { timestamp: null } },
    },
  },
};
