import type { ContractData } from '../contract-data.js';
import { deployed, publisher } from './dialects.js';
import { ingest } from './ingest.js';
import { types } from './types.js';

/** Battery Hawk: battery monitors read over Bluetooth, by device and by vehicle. */
export const batteryHawk: ContractData = {
  name: 'battery-hawk',
  title: 'Battery Hawk',
  description: 'Readings and states of battery monitors, summaries of vehicles, and the state of the system.',
  version: '1.0.0',
  source: 'Battery Hawk, MQTT Interface Documentation',
  prefix: 'battery_hawk',
  timeZone: 'UTC',
  // No envelope: the payload's members are the document. The time is filled in where the flow gives none.
  envelope: {
    schema: { type: 'object' },
    payloadMember: '',
    timePointer: '/timestamp',
    members: {
      device_id: { template: '{parameter.mac}' },
      vehicle_id: { template: '{parameter.vehicle}' },
      timestamp: { template: '{now}' },
    },
  },
  parameters: {
    mac: {
      description: "the device's MAC address",
      kind: 'mac-address',
      from: ['/device_id'],
      mustAgree: true,
    },
    vehicle: { description: 'the vehicle', kind: 'slug', from: ['/vehicle_id'], mustAgree: true },
  },
  retry: { attempts: 4, delay: 1000, factor: 2, maximumDelay: 30_000 },
  // The document has no dead-letter rule.
  deadLetter: {
    topic: 'dlq/{topicFlat}',
    form: 'record',
    qos: 1,
    record: {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    },
  },
  types,
  ingest,
  dialects: { publisher, deployed },
};
