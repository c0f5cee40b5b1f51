export * from './errors.js';
export * from './event.js';
export * from './brokers/broker.js';
export { assertFilter, assertTopic, filterMatches } from './brokers/topic-filter.js';
export type * from './contracts/contract-data.js';
export { Contract, type ContractOptions, type EventInput } from './contracts/contract.js';
export { EventType } from './contracts/event-type.js';
export { builtInContract, contracts as contractData } from './contracts/library/built-in.js';
export {
  TypedContract,
  contracts,
  type ReceivedMessage,
  type TypedEvent,
} from './contracts/library/library.js';
export type * from './contracts/generated/index.js';
export { convertSigns } from './contracts/signs.js';
export { Outbox, type OutboxOptions } from './delivery/outbound/outbox.js';
export { deadLetter } from './delivery/letters/dead-letters.js';
export type { Failure } from './delivery/letters/failure.js';
export { originalBody } from './delivery/letters/record.js';
export {
  failureHeaders,
  HEADER_DIALECTS,
  readFailure,
  withoutFailure,
} from './delivery/letters/headers/dialects.js';
export type {
  DialectName,
  FailureRecord,
  HeaderDialect,
} from './delivery/letters/headers/failure-headers.js';
export type { Device, UnknownDevicePolicy } from './telemetry/device.js';
export { DeviceRegistry } from './telemetry/device-registry.js';
export { thresholdAlerts, type ThresholdAlert } from './telemetry/alerts.js';
export { AlertWatch } from './telemetry/alert-watch.js';
export { TelemetryIngest, type IngestResult } from './telemetry/ingest.js';
export { MemoryBroker } from './brokers/memory/memory-broker.js';
export type { MemorySettings } from './brokers/memory/memory-settings.js';
export { record, REPLAY_HEADER, replay } from './brokers/recording.js';
export type { RecordedMessage, Recording, ReplayOptions } from './brokers/recording.js';
export { MqttBroker } from './brokers/mqtt/mqtt-broker.js';
export type { MqttSettings, StatusMessage } from './brokers/mqtt/connection/mqtt-settings.js';
/** Power flow and grid simulation: pure functions that know nothing of events. */
export * as grid from './grid/index.js';
export { KafkaBroker } from './brokers/kafka/kafka-broker.js';
export type { KafkaSasl, KafkaSettings, TopicCreation } from './brokers/kafka/cluster/kafka-settings.js';
export { contractDocument, flowsDocument } from './contracts/asyncapi/export.js';
export { importContract } from './contracts/asyncapi/import.js';
export {
  fromCloudEvent,
  toCloudEvent,
  unwrapCloudEvent,
  type CloudEvent,
} from './contracts/cloudevents/cloudevents.js';
export { readBrokersFile, type BrokerEntry, type BrokersFile } from './brokers/brokers-file.js';
