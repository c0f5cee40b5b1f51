import type { FlowNode } from './node-red-admin.js';

/** Settings of an MQTT broker node as the panel stores them. */
export function mqttBroker(id: string, port: number, more: Record<string, unknown> = {}): FlowNode {
  return {
    id,
    type: 'gridwire-broker',
    transport: 'mqtt',
    host: '127.0.0.1',
    port: String(port),
    protocolVersion: '4',
    cleanSession: true,
    reconnectMinimum: '1',
    reconnectMaximum: '1',
    ...more,
  };
}

export const devices: FlowNode = {
  id: 'devices',
  type: 'gridwire-devices',
  devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1 }],
  policy: 'onboard',
};

/** EcoGrid's pipeline: what devices send, checked and published as domain events, the rest as dead letters. */
export function ecogridPipeline(broker: FlowNode): FlowNode[] {
  const common = { z: 'tab', broker: broker.id, contract: 'ecogrid-ems', dialect: 'documented' };
  return [
    { id: 'tab', type: 'tab' },
    broker,
    devices,
    {
      ...common,
      id: 'ingest',
      type: 'gridwire-ingest',
      devices: devices.id,
      wires: [['publish'], ['publish'], ['dlq']],
    },
    { ...common, id: 'publish', type: 'gridwire-publish', eventType: '', wires: [[]] },
    { ...common, id: 'dlq', type: 'gridwire-dlq', wires: [[]] },
  ];
}
