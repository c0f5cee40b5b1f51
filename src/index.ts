export * from './errors.js';
export * from './event.js';
export * from './brokers/broker.js';
export { assertFilter, assertTopic, filterMatches } from './brokers/topic-filter.js';
export type * from './contracts/contract-data.js';
export { Contract, type ContractOptions, type EventInput } from './contracts/contract.js';
export { EventType } from './contracts/event-type.js';
export { builtInContract, contracts } from './contracts/built-in.js';
export { Outbox, type OutboxOptions } from './delivery/outbox.js';
export { deadLetter, originalBody, type Failure } from './delivery/dead-letters.js';
export type { Device, UnknownDevicePolicy } from './telemetry/device.js';
export { DeviceRegistry } from './telemetry/device-registry.js';
export { TelemetryIngest, type IngestResult } from './telemetry/ingest.js';
export { MemoryBroker } from './brokers/memory/memory-broker.js';
export type { MemorySettings } from './brokers/memory/memory-settings.js';
export { MqttBroker } from './brokers/mqtt/mqtt-broker.js';
export type { MqttSettings, StatusMessage } from './brokers/mqtt/mqtt-settings.js';
/** Power flow and grid simulation: pure functions that know nothing of events. */
export * as grid from './grid/index.js';
