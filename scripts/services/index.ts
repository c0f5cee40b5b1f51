/**
 * The real services that tests and benchmarks run against. Each one is found by its address in the environment, or
 * started from the system's packages on an ephemeral port in a temporary folder, or reported missing with a remedy.
 */
import { findChromium } from './chromium.js';
import { findOrStartKafka } from './kafka/kafka.js';
import { findOrStartMosquitto } from './mosquitto.js';
import { findOrStartPostgreSql } from './postgresql.js';
import type { Service } from './service.js';

export const SERVICES = {
  mosquitto: findOrStartMosquitto,
  kafka: findOrStartKafka,
  postgresql: findOrStartPostgreSql,
  chromium: findChromium,
} satisfies Record<string, () => Promise<Service>>;

export type ServiceName = keyof typeof SERVICES;

export { startBento, type Bento } from './bento/bento.js';
export { startKafka, type Kafka, type KafkaNode } from './kafka/kafka.js';
export { KAFKA_USER } from './kafka/properties.js';
export { startMosquitto, type Mosquitto, type MosquittoOptions } from './mosquitto.js';
export { startPostgreSql, type PostgreSql } from './postgresql.js';
export { startPrometheus, type Prometheus } from './prometheus.js';
export { ServiceUnavailable, type Service } from './service.js';
