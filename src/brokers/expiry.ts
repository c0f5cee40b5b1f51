import { type Clock, fromWall, systemClock } from '../clock.js';
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
  throw expired(topic, expiresAt);
}

/**
 * The same for one that waits on, to be asked again later: how long it has left is counted by the clock that does not
 * jump.
 * @returns throws GridwireError `EVENT_EXPIRED` when its time is over; undefined where it has none
 */
export function expiryWatch(
  { topic, expiresAt }: { topic: string; expiresAt?: number | undefined },
  clock: Clock = systemClock,
): (() => void) | undefined {
  if (expiresAt === undefined) return undefined;
  const deadline = fromWall(clock, expiresAt);
  return () => {
    if (clock.now() >= deadline) throw expired(topic, expiresAt);
  };
}

function expired(topic: string, expiresAt: number): GridwireError {
  const text = `The message for ${topic} was not delivered: it had expired at ${new Date(expiresAt).toISOString()}.`;
  return new GridwireError('EVENT_EXPIRED', text, { details: { topic, expiresAt } });
}
