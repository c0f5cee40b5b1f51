import type { PostgresSettings } from '../../../src/store/postgres/settings.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';

export interface PipelineServices {
  mqttPort: number;
  kafka: string;
  postgres: PostgresSettings;
}

export interface PipelineOptions {
  /** Sites that send; each is a partition, and what else comes is the rest. */
  sites: number;
  kafkaPartitions: number;
  protocolVersion: '4' | '5';
}

/**
 * EcoGrid's pipeline from MQTT to Kafka as every process of a group runs it. `INSTANCE` in the environment tells them
 * apart.
 */
export function sharedPipeline(services: PipelineServices, options: PipelineOptions): FlowNode[] {
  const { mqttPort, kafka, postgres } = services;
  const common = { z: 'tab', contract: 'ecogrid-ems', dialect: 'documented' };
  const lines = Array.from({ length: options.sites }, (_, index) => `sites/${index + 1}/#`);
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('mqtt-broker', mqttPort, { protocolVersion: options.protocolVersion }),
    {
      ...{ id: 'kafka-broker', type: 'gridwire-broker', transport: 'kafka', kafkaBrokers: kafka },
      ...{ clientId: 'ecogrid-${INSTANCE}', createTopics: true, replicas: '1', retentionDays: '7' },
      partitions: String(options.kafkaPartitions),
    },
    {
      ...{
        id: 'store',
        type: 'gridwire-store',
        kind: 'postgres',
        host: postgres.host,
        instance: '${INSTANCE}',
      },
      ...{ port: String(postgres.port ?? 5432), database: postgres.database },
    },
    { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'onboard', onboardType: 'METER' },
    {
      ...{
        ...common,
        id: 'ingest',
        type: 'gridwire-ingest',
        broker: 'mqtt-broker',
        devices: 'devices',
        store: 'store',
      },
      ...{ shared: true, sharedGroup: 'ecogrid', partitions: lines.join('\n'), partitionRest: true },
      wires: [['publish'], ['publish'], ['dlq']],
    },
    {
      ...common,
      id: 'publish',
      type: 'gridwire-publish',
      broker: 'kafka-broker',
      eventType: '',
      wires: [[]],
    },
    { ...common, id: 'dlq', type: 'gridwire-dlq', broker: 'kafka-broker', wires: [[]] },
  ];
}

/** What goes with it. */
export function credentialsOf({ postgres }: PipelineServices): Record<string, Record<string, string>> {
  return { store: { user: postgres.user, password: postgres.password ?? '' } };
}
