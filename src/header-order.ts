import { BOUNDS } from './bounds.js';
import { GridwireError } from './errors.js';
import { type Headers, type HeaderValue, headerEntries, type WireMessage } from './event.js';

/** The headers of a message as brokers have them: pairs in an order, in which a name may come again after another. */
export type HeaderPair = readonly [name: string, value: HeaderValue];

type HeaderPart = Pick<WireMessage, 'headers' | 'headerOrder'>;

/**
 * Headers by name, as flows see them. An object groups values by name and puts names that are numbers first; where that
 * is not how they came, the order goes along.
 */
export function headersOfPairs(pairs: readonly HeaderPair[]): HeaderPart {
  const headers: Headers = {};
  for (const [name, value] of pairs) addHeader(headers, name, value);
  return { headers, ...orderOf(headers, pairs) };
}

/** The order of the pairs, if it is not the one that their object has. */
export function orderOf(
  headers: Headers,
  pairs: readonly (readonly [name: string, ...unknown[]])[],
): Pick<WireMessage, 'headerOrder'> {
  const byObject = headerEntries(headers);
  const isSame =
    byObject.length === pairs.length && byObject.every(([name], index) => name === pairs[index]?.[0]);
  return isSame ? {} : { headerOrder: pairs.map(([name]) => name) };
}

/**
 * Every header with each of its values, in the order in which they came. The order may be older than the headers: names
 * that it does not know come last.
 */
export function headerPairs({ headers, headerOrder }: HeaderPart): HeaderPair[] {
  if (headerOrder === undefined) return headerEntries(headers);
  const left = new Map(
    Object.entries(headers).map(([name, value]) => [
      name,
      { values: Array.isArray(value) ? value : [value], next: 0 },
    ]),
  );
  const pairs: HeaderPair[] = [];
  for (const name of headerOrder) {
    const given = left.get(name);
    const value = given?.values[given.next];
    if (given === undefined || value === undefined) continue;
    given.next += 1;
    pairs.push([name, value]);
  }
  for (const [name, { values, next }] of left)
    for (const value of values.slice(next)) pairs.push([name, value]);
  return pairs;
}

/** As a property of its own: a header may be called `__proto__`. */
function addHeader(headers: Headers, name: string, given: HeaderValue): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  // Not by a new list each time: a message may have a hundred thousand of one name.
  if (Array.isArray(before)) {
    before.push(given);
    return;
  }
  const value = before === undefined ? given : [before, given];
  Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Why a message with so many headers is not handed on; undefined for one within the bound.
 * @param own how many of them may be no headers of the message, but stand for parts of it that a broker has no place for
 */
export function tooManyHeaders(count: number, own = 0): GridwireError | undefined {
  if (count <= BOUNDS.headers + own) return undefined;
  const text = `The message has ${count} headers, and at most ${BOUNDS.headers} are taken. Put what they say into the body.`;
  return new GridwireError('BODY_TOO_LARGE', text, { details: { count, limit: BOUNDS.headers } });
}
