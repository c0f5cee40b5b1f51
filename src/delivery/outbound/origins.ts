import { createHash, randomBytes } from 'node:crypto';
import type { Origin } from './journal.js';

/** Names events that have no name of their own, unlike any other process does. */
const RUN = randomBytes(12).toString('base64url');
let named = 0;

/**
 * The name under which a journal keeps an event. What names one at its broker may hold any character and be long, which
 * not every store takes; an event without such a name gets one, so that it can be kept once though the answer is lost.
 */
export function storableOrigin(origin: Origin | undefined): Origin {
  if (origin === undefined) {
    named += 1;
    return { name: `${RUN} ${named}`, found: 'never' };
  }
  return { name: createHash('sha256').update(origin.name).digest('base64url'), found: origin.found };
}
