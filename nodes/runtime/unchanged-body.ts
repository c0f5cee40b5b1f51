import { ANY_SIZE, readJsonBody } from '../../src/contracts/json/json-body.js';
import { jsonText } from '../../src/contracts/json/json-text.js';
import { atPointer } from '../../src/contracts/json/pointer.js';
import { isNanoseconds, rewriteTime } from '../../src/contracts/written-time.js';
import type { Json } from '../../src/event.js';
import { bodyOf } from './messages.js';

/**
 * The bytes of a payload that was read of a document: those that came, with their blanks, the spelling of their numbers
 * and the quotes of a text, if it is that document still; else the payload's own.
 * @throws GridwireError what `bodyOf` throws
 */
export function unchangedOr(came: Uint8Array, payload: unknown): Uint8Array {
  const body = bodyOf(payload);
  // Most senders write JSON as we do; then there is nothing to find out.
  if (body.equals(came)) return body;
  try {
    const { value: document, written } = readJsonBody(came, ANY_SIZE, isNanoseconds);
    rewriteTime(document, written, (place, text) => atPointer(payload as Json, place) === text);
    const isSame =
      typeof payload === 'string' || typeof document === 'string'
        ? payload === document
        : Buffer.from(jsonText(document)).equals(body);
    return isSame ? Buffer.from(came) : body;
  } catch {
    // What came was no JSON, so the payload is the flow's own.
    return body;
  }
}
