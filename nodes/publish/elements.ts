import { BOUNDS } from '../../src/bounds.js';
import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { GridwireMessage } from '../runtime/messages.js';

/**
 * One message for each element of the list that is the payload, each with everything else of the message. What the
 * envelope of a received event had is left out: an id that all of them share would make repetitions of them.
 * @throws GridwireError `PAYLOAD_NOT_LIST` for what is no list, or one of more than `BOUNDS.listElements`
 */
export function elementsOf(message: GridwireMessage): GridwireMessage[] {
  const list = listOf(message.payload);
  if (list.length > BOUNDS.listElements)
    throw new GridwireError(
      'PAYLOAD_NOT_LIST',
      `The list in msg.payload has ${list.length} elements, more than the ${BOUNDS.listElements} that are published at once. Divide it before this node.`,
      { details: { elements: list.length, most: BOUNDS.listElements } },
    );
  const { event, ...rest } = message;
  const kind = event && { event: { ...event, envelope: {} } };
  // A place with nothing in it counts, as JSON has it.
  return Array.from(list, (payload) => ({ ...rest, ...kind, payload }));
}

/** The error of one element, as the error of the whole list. */
export function elementError(index: number, count: number, thrown: unknown): GridwireError {
  const error = toGridwireError(thrown);
  const text = `Element ${index} of the list of ${count}: ${error.message} Nothing of the list was published.`;
  return inList(error, text, { element: index });
}

/**
 * What is told of a list of which some events did not arrive; its class, and so whether it is tried again, is that of
 * the first.
 * @param failed the elements by their place in the list, with why; one at least
 */
export function listError(
  failed: readonly { index: number; reason: unknown }[],
  count: number,
): GridwireError {
  const [first] = failed;
  const error = toGridwireError(first?.reason);
  const text = `${failed.length} of the ${count} events of the list were not published. The first is element ${first?.index ?? 0}: ${error.message}`;
  return inList(error, text, {
    elements: failed.slice(0, NAMED).map(({ index }) => index),
    count: failed.length,
  });
}

/** So many elements are named. */
const NAMED = 100;

function inList(error: GridwireError, text: string, details: Record<string, unknown>): GridwireError {
  const { code, fault, why } = error;
  return new GridwireError(code, text, {
    cause: error,
    fault,
    why,
    details: { ...error.details, ...details },
  });
}

/** A text or bytes that hold a list in JSON are read, as for a single event. */
function listOf(payload: unknown): unknown[] {
  const isText = typeof payload === 'string';
  const value = isText || Buffer.isBuffer(payload) ? parseJsonBody(Buffer.from(payload), ANY_SIZE) : payload;
  if (Array.isArray(value)) return value;
  throw new GridwireError(
    'PAYLOAD_NOT_LIST',
    `The node publishes each element of a list, and msg.payload is ${value === null ? 'null' : `of the type ${typeof value}`}. Send a list, or switch that off in the panel.`,
  );
}
