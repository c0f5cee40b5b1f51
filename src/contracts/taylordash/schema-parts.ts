import type { JsonObject } from '../../event.js';

export const identifier: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };
/** Who did it; null where nobody was logged in. */
export const person: JsonObject = { type: ['string', 'null'], minLength: 1, maxLength: 256 };
export const text: JsonObject = { type: 'string', maxLength: 10_000 };
export const time: JsonObject = { type: 'string', format: 'timestamp' };

/** Open objects: the document gives examples, not closed lists. */
export function payloadOf(required: string[], properties: JsonObject): JsonObject {
  return { type: 'object', required, properties: { ...properties, timestamp: time } };
}

/** What every business event of the system has. */
export const businessEvent = { role: 'event', qos: 1, retain: false } as const;
export const criticalEvent = { role: 'event', qos: 2, retain: false } as const;
