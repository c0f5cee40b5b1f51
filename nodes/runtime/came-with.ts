import { types } from 'node:util';
import type { GridwireEvent } from '../../src/event.js';
import type { GridwireMessage, OriginalMessage } from './messages.js';

/*
 * A flow may have members of its own under the names of Gridwire's, and may have sent a message through a file or a
 * database that made something else of its bytes. Only what is whole counts.
 */

/** The message as it came from a broker; undefined where none did. */
export function originalIn(message: GridwireMessage): OriginalMessage | undefined {
  const original: unknown = message.original;
  if (!isRecord(original)) return undefined;
  const { topic, body, headers } = original;
  const isWhole = typeof topic === 'string' && types.isUint8Array(body) && isRecord(headers);
  return isWhole ? (original as unknown as OriginalMessage) : undefined;
}

/** The event that a message stands for; undefined where it is none. */
export function eventIn(message: GridwireMessage): GridwireEvent | undefined {
  const event: unknown = message.event;
  if (!isRecord(event)) return undefined;
  const { contract, type, topic, envelope, headers } = event;
  const isNamed = [contract, type, topic].every((name) => typeof name === 'string');
  return isNamed && isRecord(envelope) && isRecord(headers) ? (event as unknown as GridwireEvent) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
