import { bentoProgram } from '../../scripts/services/bento/bento.js';
import type { FlowNode } from '../../test/support/node-red-admin.js';
import { bentoWith, nodeRedWith, type System } from '../system.js';

/** Where a pipeline stands: its brokers, and what its topic in Kafka begins with. */
export interface Place {
  mosquittoPort: number;
  kafkaBrokers: string;
  topicPrefix: string;
}

/** Takes telemetry from Mosquitto, makes domain events of it and writes them to `{prefix}.device-telemetry`. */
export type IngestSystem = (place: Place) => Promise<System>;

export const DEVICES = 1000;

/**
 * gridwire-ingest and gridwire-publish, as a user has them.
 * @param window events in the flow's hands at once
 * @param kafka settings of the Kafka broker node, over its defaults
 * @param folder of the package; this one's by default
 */
export function gridwireIngest(
  window: number,
  kafka: Record<string, string> = {},
  folder?: string,
): IngestSystem {
  return async (place) => {
    const nodeRed = await nodeRedWith(flow(place, window, kafka), folder);
    await nodeRed.waitForLine(/gridwire-broker:devices-broker\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:kafka-broker\] Connected/);
    return nodeRed;
  };
}

/** The domain event, as gridwire-ingest makes it. */
const MAPPING = `let serial = metadata("mqtt_topic").split("/").index(3)
meta serial = $serial
root.deviceId = $serial.split("-").index(1).number()
root.serialNumber = $serial
root.siteId = metadata("mqtt_topic").split("/").index(1).number()
root.deviceType = "SOLAR_INVERTER"
root.telemetryData = this
root.timestamp = now()
root.eventType = "DEVICE_TELEMETRY"`;

const MEMBERS = ['powerKw', 'voltage', 'current', 'temperature', 'efficiency'];
const SCHEMA = {
  type: 'object',
  required: MEMBERS,
  properties: Object.fromEntries(MEMBERS.map((name) => [name, { type: 'number' }])),
};

/**
 * Bento with the same steps: mqtt, a check, the domain event, Kafka with acks of all, idempotent and gzip; in batches that
 * are acknowledged to Mosquitto when Kafka has them.
 * @throws ServiceUnavailable
 */
export function bentoIngest(): IngestSystem {
  bentoProgram();
  return ({ mosquittoPort, kafkaBrokers, topicPrefix }) =>
    bentoWith({
      input: {
        mqtt: {
          ...{ urls: [`tcp://127.0.0.1:${mosquittoPort}`], client_id: 'bench' },
          ...{ topics: ['sites/+/devices/+/telemetry'], qos: 1, clean_session: false },
        },
      },
      pipeline: {
        threads: 1,
        processors: [{ json_schema: { schema: JSON.stringify(SCHEMA) } }, { mapping: MAPPING }],
      },
      output: {
        kafka_franz: {
          ...{ seed_brokers: [kafkaBrokers], topic: `${topicPrefix}.device-telemetry` },
          ...{ key: '${! metadata("serial") }', compression: 'gzip', idempotent_write: true },
          // One batch after the other keeps the order of each device.
          ...{ max_in_flight: 1, batching: { count: 200, period: '5ms' } },
        },
      },
    });
}

function flow(
  { mosquittoPort, kafkaBrokers, topicPrefix }: Place,
  window: number,
  kafka: Record<string, string>,
): FlowNode[] {
  const common = { z: 'tab', x: 100, y: 100, contract: 'ecogrid-ems', dialect: 'documented' };
  const listed = Array.from({ length: DEVICES }, (_, index) => ({
    serialNumber: `INV-${index}`,
    id: index,
    type: 'SOLAR_INVERTER',
    site: 1,
  }));
  return [
    { id: 'tab', type: 'tab', label: 'bench' },
    {
      id: 'devices-broker',
      type: 'gridwire-broker',
      transport: 'mqtt',
      host: '127.0.0.1',
      port: String(mosquittoPort),
      protocolVersion: '5',
      clientId: 'bench',
      cleanSession: false,
    },
    {
      id: 'kafka-broker',
      type: 'gridwire-broker',
      transport: 'kafka',
      kafkaBrokers,
      topicPrefix,
      clientId: 'bench',
      ...kafka,
    },
    { id: 'devices', type: 'gridwire-devices', devices: listed, policy: 'onboard' },
    {
      ...common,
      id: 'ingest',
      type: 'gridwire-ingest',
      broker: 'devices-broker',
      devices: 'devices',
      window: String(window),
      wires: [['publish'], ['publish'], []],
    },
    {
      ...common,
      id: 'publish',
      type: 'gridwire-publish',
      broker: 'kafka-broker',
      eventType: '',
      parameters: [],
      wires: [[]],
    },
  ];
}
