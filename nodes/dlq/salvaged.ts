import { toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { GIVEN_PARTS, type GivenParts, isNothing, qosOf, retainOf } from '../runtime/given-rules.js';
import { bodyOf, type GridwireMessage, topicOf } from '../runtime/messages.js';

/** What can be kept of a message that came from no broker. */
export interface Salvaged {
  message: WireMessage;
  /** Why other parts of it could not be: one of them may be the reason why it failed. */
  missing: readonly string[];
}

/**
 * A flow's own message as event publish would have sent it, so that the letter goes where the message should have gone.
 * @throws GridwireError as `bodyOf`
 */
export function salvaged(message: GridwireMessage): Salvaged {
  const missing: string[] = [];
  const read = <Value>(reader: () => Value, otherwise: Value): Value => {
    try {
      return reader();
    } catch (thrown) {
      missing.push(toGridwireError(thrown).message);
      return otherwise;
    }
  };
  const { event, payload } = message;
  const given = GIVEN_PARTS.map((part) => read(() => part(message), {}));
  const parts = Object.assign({ headers: {} }, ...given) as GivenParts;
  const retain = event?.retain ?? read(() => retainOf(message), undefined) ?? false;
  const isEmpty = payload === undefined || parts.tombstone === true || isNothing({ payload }, retain);
  const { key, expiresAt } = event ?? {};
  return {
    message: {
      topic: read(() => topicOf(message), undefined) ?? event?.topic ?? '',
      body: isEmpty ? Buffer.alloc(0) : bodyOf(payload),
      qos: event?.qos ?? read(() => qosOf(message), undefined) ?? 1,
      retain,
      ...parts,
      headers: { ...event?.headers, ...parts.headers },
      ...(key === undefined ? {} : { key }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    missing,
  };
}
