import { isDeepStrictEqual } from 'node:util';
import { GridwireError } from '../../src/errors.js';
import type { GridwireEvent } from '../../src/event.js';

/**
 * The document that event publish would send of an event that has not been sent: its envelope, with the payload that the
 * message has by now.
 * @throws GridwireError `NOT_SUPPORTED` where the flow has changed the payload, and the envelope does not show where it was
 */
export function documentOf({ envelope, payload, bare }: GridwireEvent, now: unknown): unknown {
  if (now === undefined) return bare === true ? payload : envelope;
  if (bare === true) return now;
  if (isDeepStrictEqual(now, payload)) return envelope;
  if (isDeepStrictEqual(envelope, payload)) return now;
  const [member, ...others] = Object.keys(envelope).filter((name) =>
    isDeepStrictEqual(envelope[name], payload),
  );
  if (member !== undefined && others.length === 0) return { ...envelope, [member]: now };
  const reason =
    'The envelope of msg.event does not show where its payload was, which the flow has changed. Delete msg.event, or have event validate make it anew.';
  throw new GridwireError('NOT_SUPPORTED', reason);
}

/** As contracts write all their events. */
export const EVENT_CONTENT_TYPE = 'application/json';
