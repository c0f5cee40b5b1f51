import { GridwireError } from '../errors.js';

/** @throws GridwireError `EVENT_EXPIRED` for a message that must not be delivered any more */
export function assertNotExpired({
  topic,
  expiresAt,
}: {
  topic: string;
  expiresAt?: number | undefined;
}): void {
  if (expiresAt === undefined || expiresAt > Date.now()) return;
  const text = `The message for ${topic} was not delivered: it had expired at ${new Date(expiresAt).toISOString()}.`;
  throw new GridwireError('EVENT_EXPIRED', text, { details: { topic, expiresAt } });
}
