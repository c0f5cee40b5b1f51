import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { bodyOf } from './messages.js';

/**
 * The bytes of a payload that was read of a document: those that came, with their blanks, the spelling of their numbers
 * and the quotes of a text, if it is that document still; else the payload's own.
 * @throws GridwireError what `bodyOf` throws
 */
export function unchangedOr(came: Uint8Array, payload: unknown): Uint8Array {
  const body = bodyOf(payload);
  try {
    const document = parseJsonBody(came, ANY_SIZE);
    const isSame =
      typeof payload === 'string' || typeof document === 'string'
        ? payload === document
        : bodyOf(document).equals(body);
    return isSame ? Buffer.from(came) : body;
  } catch {
    // What came was no JSON, so the payload is the flow's own.
    return body;
  }
}
