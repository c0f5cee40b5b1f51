import { isWritable } from '../../../bytes.js';
import { GridwireError } from '../../../errors.js';
import type { HeaderValue, WireMessage } from '../../../event.js';
import { type HeaderPair, headerPairs, headersOfPairs, tooManyHeaders } from '../../../header-order.js';
import { type Encoding, type Marks, readMarks, type ValueMark } from './property-marks.js';

/*
 * Headers, key and tombstones as user properties of MQTT 5. These are pairs of texts without control characters: what is
 * no such text is written as one, and one more property says which and how, so that it is read back to the byte.
 */

/** The property that says what is written otherwise than as it is. */
const MARKS = 'gridwire-encoding';
/** The partition key, which MQTT has no place for. */
const KEY = 'gridwire-key';
/** Bytes of a text (MQTT 5, 1.5.4). */
const LONGEST = 65_535;
/** Brokers end the connection over these in a text (MQTT 5, 1.5.4). */
const UNWRITTEN = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

type Carried = Pick<WireMessage, 'headers' | 'headerOrder' | 'key' | 'tombstone'>;

/**
 * The values of the properties, by name.
 * @returns undefined where there is none
 * @throws GridwireError `NOT_SUPPORTED` for half of a character, and for a text that is longer than MQTT's are;
 *   `BODY_TOO_LARGE` for too many
 */
export function userProperties(message: WireMessage): Record<string, string[]> | undefined {
  const { topic, key, tombstone } = message;
  const pairs = headerPairs(message);
  if (pairs.length === 0 && key === undefined && tombstone === undefined) return undefined;
  const many = tooManyHeaders(pairs.length);
  if (many !== undefined) throw many;
  const properties = Object.create(null) as Record<string, string[]>;
  const marks: ValueMark[] = [];
  const order: string[] = [];
  const add = (name: string, value: HeaderValue, isEncodedName = false): void => {
    const [text, encoding] = written(value);
    const values = (properties[name] ??= []);
    if (encoding !== undefined || isEncodedName) {
      marks.push({
        name,
        at: values.length,
        ...(encoding === undefined ? {} : { value: encoding }),
        ...(isEncodedName ? { percentName: true } : {}),
      });
    }
    values.push(assertText(text, topic));
    order.push(assertText(name, topic));
  };
  for (const [name, value] of pairs) {
    const text = writtenName(name);
    add(text, value, text !== name);
  }
  if (key !== undefined) add(KEY, key);
  const grouped = Object.entries(properties).flatMap(([name, values]) => values.map(() => name));
  const said: Marks = {
    ...(marks.length === 0 ? {} : { headers: marks }),
    ...(grouped.every((name, index) => name === order[index]) ? {} : { order }),
    ...(tombstone === undefined ? {} : { tombstone }),
  };
  if (Object.keys(said).length > 0) properties[MARKS] = [assertText(JSON.stringify(said), topic)];
  return properties;
}

/**
 * What the properties of a message stand for; those whose marks are not understood are headers as they came.
 * @param pairs values that are no UTF-8 as bytes
 */
export function readUserProperties(pairs: readonly HeaderPair[], hasBody: boolean): Carried {
  return decoded(pairs, hasBody) ?? headersOfPairs(pairs);
}

function decoded(pairs: readonly HeaderPair[], hasBody: boolean): Carried | undefined {
  const said = pairs.filter(([name]) => name === MARKS);
  const marks = said.length === 0 ? {} : readMarks(said.length === 1 ? said[0]?.[1] : undefined);
  if (marks === undefined || (marks.tombstone === true && hasBody)) return undefined;
  const others = pairs.filter(([name]) => name !== MARKS);
  const inOrder =
    marks.order === undefined
      ? others
      : headerPairs({ headers: headersOfPairs(others).headers, headerOrder: marks.order });
  const values = decodedValues(inOrder, marks.headers ?? []);
  if (values === undefined) return undefined;
  const keys = values.filter(({ name }) => name === KEY);
  const headers = values.filter(({ name }) => name !== KEY);
  const [key] = keys.map(({ pair: [, value] }) => value);
  if (keys.length > 1 || key === null) return undefined;
  return {
    ...headersOfPairs(headers.map(({ pair }) => pair)),
    ...(key === undefined ? {} : { key }),
    ...(marks.tombstone === true ? { tombstone: true } : {}),
  };
}

/** @returns undefined where a mark fits nothing */
function decodedValues(
  pairs: readonly HeaderPair[],
  marks: readonly ValueMark[],
): { name: string; pair: HeaderPair }[] | undefined {
  const left = new Map(marks.map((mark) => [place(mark.name, mark.at), mark]));
  if (left.size !== marks.length) return undefined;
  const counts = new Map<string, number>();
  const values: { name: string; pair: HeaderPair }[] = [];
  for (const [name, value] of pairs) {
    const at = counts.get(name) ?? 0;
    counts.set(name, at + 1);
    const mark = left.get(place(name, at));
    left.delete(place(name, at));
    const realName = mark?.percentName === true ? unescaped(name) : name;
    const realValue = mark?.value === undefined ? value : read(value, mark.value);
    if (realName === undefined || realValue === undefined) return undefined;
    values.push({ name, pair: [realName, realValue] });
  }
  return left.size === 0 ? values : undefined;
}

function place(name: string, at: number): string {
  return `${at} ${name}`;
}

function written(value: HeaderValue): [text: string, encoding?: Encoding] {
  if (value === null) return ['', 'none'];
  if (typeof value !== 'string') return [Buffer.from(value).toString('base64'), 'base64'];
  return UNWRITTEN.test(value) ? [escaped(value), 'percent'] : [value];
}

function read(value: HeaderValue, encoding: Encoding): HeaderValue | undefined {
  if (typeof value !== 'string') return undefined;
  if (encoding === 'none') return value === '' ? null : undefined;
  if (encoding === 'percent') return unescaped(value);
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? bytes : undefined;
}

/** Names that have a meaning here are written so that they have none. */
function writtenName(name: string): string {
  if (name === MARKS || name === KEY) return `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return UNWRITTEN.test(name) ? escaped(name) : name;
}

/** Percent-encoded as in addresses, but only what must be, so that it can still be read by people. */
function escaped(text: string): string {
  if (!isWritable(text)) return text;
  return text.replace(/[\p{Cc}\p{Noncharacter_Code_Point}%]/gu, encodeURIComponent);
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** @throws GridwireError `NOT_SUPPORTED` */
function assertText(text: string, topic: string): string {
  const reason = whyNoText(text);
  if (reason === undefined) return text;
  throw refusal('a header', reason, topic);
}

function whyNoText(text: string): string | undefined {
  return !isWritable(text)
    ? 'holds half of a character (a lone surrogate), which UTF-8 cannot write. Send bytes instead'
    : Buffer.byteLength(text) > LONGEST
      ? `takes more than the ${LONGEST} bytes that MQTT has for a text. Put it into the body`
      : undefined;
}

/**
 * A text that has a property of its own, for which there is no other way to be written.
 * @throws GridwireError `NOT_SUPPORTED`
 */
export function propertyText(name: string, text: string, topic: string): string {
  const reason = UNWRITTEN.test(text)
    ? 'has control characters in it, which MQTT does not allow'
    : whyNoText(text);
  if (reason === undefined) return text;
  throw refusal(`its ${name}`, reason, topic);
}

/**
 * Correlation data, as long as MQTT has room for it.
 * @throws GridwireError `NOT_SUPPORTED`
 */
export function correlationBytes(data: Uint8Array, topic: string): Buffer {
  if (data.byteLength <= LONGEST) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const reason = `takes more than the ${LONGEST} bytes that MQTT has for it. Put it into the body`;
  throw refusal('its correlation data', reason, topic);
}

function refusal(what: string, reason: string, topic: string): GridwireError {
  const text = `The message for ${topic} cannot be sent: ${what} ${reason}.`;
  return new GridwireError('NOT_SUPPORTED', text, { details: { topic } });
}
