import type { FlowNode } from './node-red-admin.js';
import { mqttBroker } from './flows.js';

const { GRIDWIRE_MQTT_URL: mqttUrl, GRIDWIRE_KAFKA_BROKERS: kafkaBrokers } = process.env;

/**
 * The broker config node of a flow that is to run on each transport, by the transport's name; undefined where the suite
 * was given no such broker.
 * @param id the config node's id
 * @param clientId names the session; brokers are shared with other suites and runs
 */
export function brokerNodes(id: string, clientId: string): Record<string, FlowNode | undefined> {
  const kafka = {
    ...{ id, clientId, type: 'gridwire-broker', transport: 'kafka', kafkaBrokers },
    ...{ createTopics: true, partitions: '1', replicas: '1' },
  };
  const mqtt = (protocolVersion: string): FlowNode | undefined => {
    if (mqttUrl === undefined) return undefined;
    const { hostname, port } = new URL(mqttUrl);
    return mqttBroker(id, Number(port), { host: hostname, clientId, protocolVersion });
  };
  return {
    memory: { id, type: 'gridwire-broker', transport: 'memory' },
    'MQTT 3.1.1': mqtt('4'),
    'MQTT 5': mqtt('5'),
    Kafka: kafkaBrokers === undefined ? undefined : kafka,
  };
}

/** Skips the test, with the reason, where the suite was given no broker of that kind. */
export function requireBroker(context: Mocha.Context, name: string, node: FlowNode | undefined): FlowNode {
  if (node !== undefined) return node;
  console.log(`      skipped: the suite was given no broker for ${name}`);
  context.skip();
}
