import type { Carried } from './random-messages.js';

/** The parts of a message, as the tables of docs/brokers.md and docs/kafka.md name them. */
export const PARTS: Record<keyof Carried, string> = {
  body: 'body',
  key: 'key',
  headers: 'headers',
  tombstone: 'no value (tombstone)',
  contentType: 'content type',
  request: 'response topic, correlation data',
  expires: 'expiry',
};

/** What a broker does not carry, and what comes in its place. */
export const NOT_CARRIED: Record<string, Partial<Carried>> = {
  memory: {},
  'MQTT 5': {},
  'MQTT 3.1.1': {
    ...{ key: undefined, headers: [], tombstone: false, contentType: undefined },
    ...{ request: undefined, expires: false },
  },
  Kafka: {},
};
