import type { IngestData } from '../contract-data.js';

/**
 * Readings and statuses of monitors, checked and completed from the registry; only changes of connection are told. They
 * keep their form, so what comes by MQTT goes to another broker, a store or a dashboard, not back to where it came from.
 */
export const ingest: IngestData = {
  filter: 'device/#',
  otherwise: 'reading',
  ignored: [],
  statusType: 'status',
  device: { parameter: 'mac' },
  status: {
    pointer: '/connected',
    reasonPointer: '/error_message',
    names: { true: 'connected', false: 'disconnected' },
    away: { status: 'disconnected', back: 'connected', reason: 'A reading came' },
  },
  routes: {
    reading: { becomes: 'reading', passes: true, members: { device_type: 'device.type' } },
    status: {
      becomes: 'status',
      passes: true,
      members: {
        device_id: 'device.serialNumber',
        timestamp: 'time',
        connected: 'status.value',
        device_type: 'device.type',
      },
    },
  },
};
