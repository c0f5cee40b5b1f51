export * from './errors.js';
export * from './event.js';
export * from './brokers/broker.js';
export { assertFilter, assertTopic, filterMatches } from './brokers/topic-filter.js';
export type * from './contracts/contract-data.js';
export { Contract, type ContractOptions, type EventInput } from './contracts/contract.js';
export { EventType } from './contracts/event-type.js';
export { builtInContract, contracts } from './contracts/built-in.js';
