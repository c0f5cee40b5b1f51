import { ownBytes } from '../bytes.js';
import type { HeaderValue, Headers, WireMessage } from '../event.js';

/** A message with bytes and headers of its own, so that nobody can change what another one holds. */
export function copyOf<T extends WireMessage>(message: T): T {
  const copy = { ...message, body: ownBytes(message.body), headers: ownHeaders(message.headers) };
  if (message.key instanceof Uint8Array) copy.key = ownBytes(message.key);
  if (message.correlationData !== undefined) copy.correlationData = ownBytes(message.correlationData);
  return copy;
}

/** Headers whose lists and bytes are nobody else's. */
export function ownHeaders(headers: Headers): Headers {
  const copy = { ...headers };
  for (const name of Object.keys(copy)) {
    const value = copy[name];
    if (typeof value === 'string' || value === null || value === undefined) continue;
    const own = Array.isArray(value) ? value.map(ownValue) : ownValue(value);
    // Not by assignment: a header may be called __proto__.
    Object.defineProperty(copy, name, { value: own, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function ownValue(value: HeaderValue): HeaderValue {
  return value instanceof Uint8Array ? ownBytes(value) : value;
}
