import type { ContractData, IngestRouteData, ParameterData } from '../contract-data.js';
import { deviceStatusPayload, deviceTelemetryPayload } from './domain-events.js';
import { ALERT_SEVERITIES, alertRules, alertSets } from './alert-rules.js';
import { deployed } from './deployed.js';
import { commandPayload, statusPayload } from './device-messages.js';
import { serviceTypes } from './service-types.js';
import { telemetryTypes } from './telemetry-types.js';

const siteId: ParameterData = { description: 'the site number', kind: 'integer', from: ['/siteId'] };
const serialNumber: ParameterData = {
  description: "the device's serial number",
  kind: 'identifier',
  from: ['/serialNumber'],
};

/** A document without an envelope: the payload's members are the document. */
const bare = { schema: { type: 'object' }, payloadMember: '', members: {} };

const telemetryRoute: IngestRouteData = {
  becomes: 'device-telemetry',
  members: {
    deviceId: 'device.id',
    serialNumber: 'device.serialNumber',
    siteId: 'device.site',
    deviceType: 'device.type',
    telemetryData: 'payload',
    timestamp: 'time',
  },
};

/** EcoGrid EMS: devices speak MQTT, services speak Kafka, and the device service turns one into the other. */
export const ecogridEms: ContractData = {
  name: 'ecogrid-ems',
  title: 'EcoGrid EMS',
  description:
    'Devices send telemetry and status over MQTT; the device service publishes domain events keyed by serial number.',
  version: '1.0.0',
  source: 'EcoGrid EMS, Message Queue Integration',
  prefix: '',
  timeZone: 'UTC',
  envelope: bare,
  parameters: { siteId, serialNumber },
  retry: { attempts: 4, delay: 1000, factor: 2, maximumDelay: 30_000 },
  deadLetter: {
    topic: '{topic}-dlt',
    form: 'original',
    qos: 1,
    record: {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    },
  },
  types: {
    ...telemetryTypes,
    commands: {
      title: 'Command to a device',
      publisher: 'EMS',
      consumers: ['Device'],
      description:
        'What a device shall do. Late is dangerous: a command that waited longer than a minute is dropped.',
      source: 'MQTT Topics, Device Commands',
      role: 'command',
      topic: 'sites/{siteId}/devices/{serialNumber}/commands',
      keyParameter: 'serialNumber',
      qos: 2,
      retain: false,
      timeToLive: 60,
      envelope: { timePointer: '/timestamp' },
      payload: commandPayload,
      example: { command: 'setPowerLimit', parameters: { powerKw: 30 } },
      exampleParameters: { siteId: '1', serialNumber: 'INV-001' },
    },
    status: {
      title: 'Status from a device',
      publisher: 'Device',
      consumers: ['Device Service'],
      keyParameter: 'serialNumber',
      description: 'The state a device says it is in.',
      source: 'MQTT Topics, Status Updates',
      role: 'status',
      topic: 'sites/{siteId}/devices/{serialNumber}/status',
      qos: 1,
      retain: false,
      envelope: { timePointer: '/timestamp' },
      payload: statusPayload,
      example: { status: 'ONLINE', reason: 'Device communication restored' },
      exampleParameters: { siteId: '1', serialNumber: 'INV-001' },
    },
    'device-telemetry': {
      title: 'Device telemetry',
      description: 'Telemetry with the identity of its device, for the services behind.',
      source: 'Kafka Topics, device-telemetry',
      role: 'event',
      publisher: 'Device Service',
      consumers: ['Analytics Service', 'Notification Service'],
      topic: 'device-telemetry',
      log: { retentionDays: 7 },
      qos: 1,
      retain: false,
      keyPointer: '/serialNumber',
      envelope: {
        timePointer: '/timestamp',
        members: {
          deviceId: {},
          serialNumber: {},
          siteId: {},
          deviceType: {},
          telemetryData: {},
          timestamp: { template: '{now}' },
          eventType: { value: 'DEVICE_TELEMETRY' },
        },
      },
      payload: deviceTelemetryPayload,
      example: {
        deviceId: 123,
        serialNumber: 'INV-001',
        siteId: 1,
        deviceType: 'SOLAR_INVERTER',
        telemetryData: { powerKw: 45.2, voltage: 480.5, current: 94.3, temperature: 35.2, efficiency: 98.5 },
        timestamp: '2025-10-04T10:15:00Z',
        eventType: 'DEVICE_TELEMETRY',
      },
    },
    'device-status': {
      title: 'Device status change',
      description: 'A device went from one status to another.',
      source: 'Kafka Topics, device-status',
      role: 'event',
      publisher: 'Device Service',
      consumers: ['Notification Service', 'Analytics Service'],
      topic: 'device-status',
      log: { retentionDays: 30 },
      qos: 1,
      retain: false,
      keyPointer: '/serialNumber',
      envelope: {
        timePointer: '/timestamp',
        members: {
          deviceId: {},
          serialNumber: {},
          siteId: {},
          previousStatus: {},
          newStatus: {},
          timestamp: { template: '{now}' },
          eventType: { value: 'DEVICE_STATUS_CHANGE' },
          reason: {},
        },
      },
      payload: deviceStatusPayload,
      example: {
        deviceId: 123,
        serialNumber: 'INV-001',
        siteId: 1,
        previousStatus: 'OFFLINE',
        newStatus: 'ONLINE',
        timestamp: '2025-10-04T10:15:00Z',
        eventType: 'DEVICE_STATUS_CHANGE',
        reason: 'Device communication restored',
      },
    },
    ...serviceTypes,
  },
  ingest: {
    filter: 'sites/#',
    otherwise: 'device-telemetry',
    ignored: ['commands'],
    statusType: 'device-status',
    device: { parameter: 'serialNumber', siteParameter: 'siteId' },
    status: {
      pointer: '/status',
      reasonPointer: '/reason',
      anyCase: true,
      away: { status: 'OFFLINE', back: 'ONLINE', reason: 'Device communication restored' },
    },
    routes: {
      telemetry: telemetryRoute,
      'telemetry-bms': telemetryRoute,
      'telemetry-solar': telemetryRoute,
      'telemetry-ev': telemetryRoute,
      status: {
        becomes: 'device-status',
        members: {
          deviceId: 'device.id',
          serialNumber: 'device.serialNumber',
          siteId: 'device.site',
          previousStatus: 'status.previous',
          newStatus: 'status.current',
          timestamp: 'time',
          reason: 'status.reason',
        },
      },
    },
    alert: {
      becomes: 'device-alerts',
      severities: ALERT_SEVERITIES,
      members: {
        deviceId: 'device.id',
        siteId: 'device.site',
        alertType: 'alert.type',
        severity: 'alert.severity',
        message: 'alert.message',
        thresholdValue: 'alert.threshold',
        actualValue: 'alert.actual',
        deviceName: 'device.name',
        deviceType: 'device.type',
        timestamp: 'time',
      },
    },
  },
  alerts: alertRules,
  alertSets,
  dialects: { deployed },
};
