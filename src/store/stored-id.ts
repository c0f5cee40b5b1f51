import { createHash } from 'node:crypto';

/**
 * An id from outside (an event's, a message's at its broker) as it may reach a store: 43 letters and digits, whatever
 * it holds. An id may be a megabyte long, or hold NUL or half a surrogate pair, which PostgreSQL refuses and which
 * replaced would make one of two ids.
 */
export function storedId(id: string): string {
  // UTF-16 is what a string is made of: in UTF-8 all halves of pairs are one and the same.
  return createHash('sha256').update(id, 'utf16le').digest('base64url');
}
