import type { Json } from '../../event.js';
import type { EventTypeData } from '../contract-data.js';
import { telemetryPayload } from './device-messages.js';
import { bmsTelemetry, evChargerTelemetry, solarTelemetry } from './typed-telemetry.js';

const common = {
  role: 'telemetry',
  topic: 'sites/{siteId}/devices/{serialNumber}/telemetry',
  qos: 1,
  retain: false,
  keyParameter: 'serialNumber',
  envelope: { timePointer: '/timestamp' },
  publisher: 'Device',
  consumers: ['Device Service'],
} as const;

function ofKind(
  title: string,
  recognisedBy: string[],
  payload: EventTypeData['payload'],
  serialNumber: string,
  example: Json,
): EventTypeData {
  return {
    ...common,
    title,
    description: 'Recognised by its members; whatever else arrives on the topic is plain telemetry.',
    source: 'MQTT Topics, Telemetry Data; members from the running code',
    recognisedBy,
    payload,
    example,
    exampleParameters: { siteId: '1', serialNumber },
  };
}

export const telemetryTypes: Record<string, EventTypeData> = {
  telemetry: {
    ...common,
    title: 'Telemetry from a device',
    description: 'What a device measured, in whatever members it has.',
    source: 'MQTT Topics, Telemetry Data',
    payload: telemetryPayload,
    example: { powerKw: 45.2, voltage: 480.5, current: 94.3, temperature: 35.2, efficiency: 98.5 },
    exampleParameters: { siteId: '1', serialNumber: 'INV-001' },
  },
  'telemetry-bms': ofKind('Telemetry from a battery', ['/soc', '/chargeRate'], bmsTelemetry, 'BMS-001', {
    timestamp: '2025-10-04T10:15:00',
    soc: 76.5,
    remainingCapacity: 382.5,
    nominalCapacity: 500,
    chargeRate: -25.4,
    voltage: 812.3,
    current: -31.3,
    temperature: 28.4,
    healthStatus: 'GOOD',
    efficiency: 96.2,
  }),
  'telemetry-solar': ofKind(
    'Telemetry from a solar array',
    ['/currentOutput', '/irradiance'],
    solarTelemetry,
    'INV-001',
    {
      timestamp: '2025-10-04T10:15:00',
      currentOutput: 45.2,
      energyYield: 11.3,
      panelTemperature: 41.7,
      irradiance: 812,
      inverterEfficiency: 98.5,
      systemEfficiency: 91.2,
      performanceRatio: 84.6,
      inverterStatus: 'ONLINE',
    },
  ),
  'telemetry-ev': ofKind(
    'Telemetry from an EV charger',
    ['/activeSessions', '/powerDelivered'],
    evChargerTelemetry,
    'EV-001',
    {
      timestamp: '2025-10-04T10:15:00',
      activeSessions: 2,
      totalSessions: 1841,
      powerDelivered: 44.1,
      energyDelivered: 28_412.7,
      revenue: 9944.4,
      avgSessionDuration: 37,
      utilizationRate: 61.5,
      networkConnectivity: true,
      paymentSystemStatus: 'ONLINE',
      faults: 0,
      uptime: 99.4,
    },
  ),
};
