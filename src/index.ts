export * from './errors.js';
export * from './event.js';
export * from './brokers/broker.js';
export { assertFilter, assertTopic, filterMatches } from './brokers/topic-filter.js';
