import { toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { eventIn } from '../runtime/came-with.js';
import { GIVEN_PARTS, type GivenParts, isNothing, qosOf, retainOf } from '../runtime/given-rules.js';
import { type GridwireMessage, topicOf } from '../runtime/messages.js';
import { documentOf, EVENT_CONTENT_TYPE } from '../runtime/outgoing-event.js';
import { writtenBody } from './written-body.js';

/** What can be kept of a message that came from no broker. */
export interface Salvaged {
  message: WireMessage;
  /** Why other parts of it could not be: one of them may be the reason why it failed. */
  missing: readonly string[];
  /** What of its payload could not be written, and stands in the body as text. */
  asText: readonly string[];
}

/** A flow's own message as event publish would have sent it, so that the letter goes where the message should have gone. */
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
  const { payload } = message;
  const event = eventIn(message);
  const given = GIVEN_PARTS.map((part) => read(() => part(message), {}));
  const parts = Object.assign({ headers: {} }, ...given) as GivenParts;
  const retain = event?.retain ?? read(() => retainOf(message), undefined) ?? false;
  const isEmpty = payload === undefined || parts.tombstone === true || isNothing({ payload }, retain);
  const document = event === undefined ? payload : read((): unknown => documentOf(event, payload), payload);
  const { body, asText } =
    event === undefined && isEmpty ? { body: Buffer.alloc(0), asText: [] } : writtenBody(document);
  return {
    message: {
      topic: event?.topic ?? read(() => topicOf(message), undefined) ?? '',
      body,
      qos: event?.qos ?? read(() => qosOf(message), undefined) ?? 1,
      retain,
      ...parts,
      headers: { ...event?.headers, ...parts.headers },
      ...(event === undefined ? {} : ofContract(event)),
    },
    missing,
    asText,
  };
}

/** What an event has by its contract, whatever the flow says. */
function ofContract({ key, expiresAt }: Pick<WireMessage, 'key' | 'expiresAt'>): Partial<WireMessage> {
  return {
    contentType: EVENT_CONTENT_TYPE,
    ...(key === undefined ? {} : { key }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
