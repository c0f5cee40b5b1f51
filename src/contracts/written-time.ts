import type { Json } from '../event.js';
import { assertExact } from './json/json-body.js';
import { atPointer } from './json/pointer.js';
import { nanosecondsOf, nanosecondText } from './time/epoch.js';

/** Whether a number, as it is written, is a time in nanoseconds, where it stands for one. */
export function isNanoseconds(written: string): boolean {
  return nanosecondsOf(written) !== undefined;
}

/**
 * Rewrites the time of a document that was just read, where it is nanoseconds since 1970, as ISO 8601 with nine decimals:
 * a double holds one such number of 256. What is no time stays the number that it is, if a double holds it.
 * @param written the numbers that may be nanoseconds, by the pointers to them
 * @param isTime whether such a text belongs there; the document has it by then
 * @throws GridwireError `NUMBER_INEXACT` for one that cannot be handed on
 */
export function rewriteTime(
  document: Json,
  written: ReadonlyMap<string, string>,
  isTime: (place: string, text: string) => boolean,
): void {
  for (const [place, number] of written) {
    const nanoseconds = nanosecondsOf(number);
    if (nanoseconds !== undefined && place !== '') {
      const text = nanosecondText(nanoseconds);
      put(document, place, text);
      if (isTime(place, text)) continue;
      put(document, place, Number(number));
    }
    assertExact(number);
  }
}

function put(document: Json, pointer: string, value: Json): void {
  const end = pointer.lastIndexOf('/');
  const parent = atPointer(document, pointer.slice(0, end)) as Record<string, Json>;
  parent[
    pointer
      .slice(end + 1)
      .replaceAll('~1', '/')
      .replaceAll('~0', '~')
  ] = value;
}
