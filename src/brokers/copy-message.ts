import type { WireMessage } from '../event.js';

/** A message with bytes and headers of its own, so that nobody can change what another one holds. */
export function copyOf<T extends WireMessage>(message: T): T {
  const headers = { ...message.headers };
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') headers[name] = Uint8Array.from(value);
  }
  return { ...message, body: Buffer.from(message.body), headers };
}
