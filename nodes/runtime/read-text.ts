import { types } from 'node:util';
import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { isJsonData } from '../../src/contracts/cloudevents/cloudevents.js';
import { isObject } from '../../src/contracts/json/json-value.js';
import type { GridwireMessage } from './messages.js';

const QUOTE = 0x22;

/**
 * Whether `msg.payload` is the value of a document that is a text and was read already: of `"45.2"` the text 45.2. Read
 * once more it would be a number. Any other text of a flow is a body that nobody has read yet.
 */
export function isReadText(message: GridwireMessage): message is GridwireMessage & { payload: string } {
  const { payload, event, original } = message;
  if (typeof payload !== 'string') return false;
  if (event !== undefined) return event.payload === payload;
  const body: unknown = original?.body;
  // A quick no for nearly all of them.
  if (!types.isUint8Array(body) || !body.includes(QUOTE)) return false;
  try {
    const document = parseJsonBody(body, ANY_SIZE);
    return (
      document === payload || (isCloudEvent(message) && isObject(document) && document['data'] === payload)
    );
  } catch {
    // What came was no JSON, so nobody has read it.
    return false;
  }
}

/** One whose data was read as JSON. */
function isCloudEvent({ cloudEvent }: GridwireMessage): boolean {
  return (
    typeof cloudEvent === 'object' && cloudEvent !== null && isJsonData(cloudEvent as Record<string, string>)
  );
}
