import { inspect, types } from 'node:util';
import { GridwireError } from '../../src/errors.js';
import type { HeaderValue, Headers, Key, Qos, WireMessage } from '../../src/event.js';
import { tooManyHeaders } from '../../src/header-order.js';
import { wholeNumber } from '../../src/written.js';
import type { GridwireMessage } from './messages.js';
import { NOTHING } from './nothing.js';
import { askedRequest } from './request.js';

/**
 * `msg.qos`, as a number or as text, as a change node or a query gives it.
 * @returns undefined where the message does not say
 * @throws GridwireError `SETTING_INVALID`
 */
export function qosOf(message: GridwireMessage): Qos | undefined {
  const given = message['qos'];
  if (given === undefined || given === null || given === '') return undefined;
  const qos = [0, 1, 2].find((each) => given === each || given === String(each));
  if (qos !== undefined) return qos as Qos;
  throw new GridwireError('SETTING_INVALID', `msg.qos is ${shown(given)}; it must be 0, 1 or 2.`);
}

/**
 * `msg.retain`, as a truth value or as text, as the core nodes take it.
 * @returns undefined where the message does not say
 * @throws GridwireError `SETTING_INVALID`
 */
export function retainOf(message: GridwireMessage): boolean | undefined {
  const given = message['retain'];
  if (given === undefined || given === null || given === '') return undefined;
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false') return false;
  throw new GridwireError('SETTING_INVALID', `msg.retain is ${shown(given)}; it must be true or false.`);
}

/**
 * `msg.key`: text, bytes, or a number, which is written as text.
 * @throws GridwireError `IDENTIFIER_ILLEGAL`
 */
export function keyOf(message: GridwireMessage): { key?: Key } {
  const key = message['key'];
  if (key === undefined || key === null) return NOTHING;
  if (isText(key)) return { key };
  if (types.isUint8Array(key)) return { key: ownBytes(key) };
  if (typeof key === 'number' && Number.isFinite(key)) return { key: String(key) };
  const reason = `msg.key is ${shown(key)}; it must be text, a number or bytes.`;
  throw new GridwireError('IDENTIFIER_ILLEGAL', reason);
}

/**
 * `msg.headers`, or `msg.userProperties` as the core MQTT nodes have them: numbers and truth values are written as text, a
 * list is a header that is given more than once.
 * @throws GridwireError `NOT_SUPPORTED` for a value that has no such form, and for both; nothing is left out
 */
export function headersOf(message: GridwireMessage): Headers {
  const { headers, userProperties } = message as { headers?: unknown; userProperties?: unknown };
  if (isGiven(headers) && isGiven(userProperties)) {
    const reason =
      'The message has both msg.headers and msg.userProperties, which mean the same here; delete one of them.';
    throw new GridwireError('NOT_SUPPORTED', reason);
  }
  const given = headers ?? userProperties;
  if (given === undefined || given === null) return NOTHING;
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw new GridwireError(
      'NOT_SUPPORTED',
      `msg.headers is ${shown(given)}; it must be an object of names and values.`,
    );
  }
  const entries: [string, unknown][] = Object.entries(given);
  if (entries.length === 0) return NOTHING;
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, Headers[string]][] => {
      // As JSON has it: what is undefined is not there.
      if (value === undefined) return [];
      if (name === '__proto__' || !isText(name))
        throw new GridwireError('NOT_SUPPORTED', `A header cannot have the name ${JSON.stringify(name)}.`);
      if (!Array.isArray(value)) return [[name, headerOf(name, value)]];
      assertWalkable(value);
      if (value.length > 0) return [[name, value.map((each) => headerOf(name, each))]];
      const reason = `The header ${name} is an empty list, which no message can have; delete it, or give null for a header without a value.`;
      throw new GridwireError('NOT_SUPPORTED', reason, { details: { header: name } });
    }),
  );
}

function headerOf(name: string, value: unknown): HeaderValue {
  if (value === null || isText(value)) return value;
  if (types.isUint8Array(value)) return ownBytes(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const reason = `The header ${name} is ${shown(value)}; it must be text, a number, true or false, bytes, null, or a list of these.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { header: name } });
}

/**
 * A list that a flow has filled by some number of its own can have billions of places with nothing in them.
 * @throws GridwireError `BODY_TOO_LARGE`
 */
function assertWalkable(list: readonly unknown[]): void {
  const many = tooManyHeaders(list.length);
  if (many !== undefined) throw many;
}

/**
 * `msg.headerOrder`: how the headers follow each other, as event subscribe says it where `msg.headers` cannot.
 * @throws GridwireError `NOT_SUPPORTED`, `BODY_TOO_LARGE`
 */
export function headerOrderOf(message: GridwireMessage): Pick<WireMessage, 'headerOrder'> {
  const order = message['headerOrder'];
  if (order === undefined || order === null) return NOTHING;
  if (Array.isArray(order)) assertWalkable(order);
  if (Array.isArray(order) && order.every(isText)) return { headerOrder: [...order] };
  const reason = `msg.headerOrder is ${shown(order)}; it must be a list of names of headers. Delete it for headers of your own.`;
  throw new GridwireError('NOT_SUPPORTED', reason);
}

/**
 * `msg.contentType`.
 * @throws GridwireError `NOT_SUPPORTED`
 */
export function contentTypeOf(message: GridwireMessage): Pick<WireMessage, 'contentType'> {
  const contentType = message['contentType'];
  if (contentType === undefined || contentType === null) return NOTHING;
  if (isText(contentType)) return { contentType };
  throw new GridwireError('NOT_SUPPORTED', `msg.contentType is ${shown(contentType)}; it must be text.`);
}

/**
 * `msg.expiresAt`: milliseconds since the epoch; or `msg.messageExpiryInterval`, seconds from now, as the core MQTT nodes
 * have it.
 * @throws GridwireError `TIME_INVALID`
 */
export function expiryOf(message: GridwireMessage, now = Date.now()): Pick<WireMessage, 'expiresAt'> {
  const expiresAt = message['expiresAt'];
  if (!isGiven(expiresAt)) return expiryInterval(message['messageExpiryInterval'], now);
  if (
    typeof expiresAt === 'number' &&
    Number.isSafeInteger(expiresAt) &&
    expiresAt >= 0 &&
    expiresAt <= LAST_MOMENT
  )
    return { expiresAt };
  const reason = `msg.expiresAt is ${shown(expiresAt)}; it must be a time in whole milliseconds since 1970.`;
  throw new GridwireError('TIME_INVALID', reason);
}

/** The last moment that a date can name, milliseconds since 1970. */
const LAST_MOMENT = 8_640_000_000_000_000;

function expiryInterval(interval: unknown, now: number): Pick<WireMessage, 'expiresAt'> {
  if (!isGiven(interval) || interval === '') return NOTHING;
  const seconds = typeof interval === 'string' ? wholeNumber(interval.trim()) : interval;
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 && seconds <= 0xffff_ffff)
    return { expiresAt: now + seconds * 1000 };
  const reason = `msg.messageExpiryInterval is ${shown(interval)}; it must be a whole number of seconds from 1 on.`;
  throw new GridwireError('TIME_INVALID', reason);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * `msg.tombstone`: the message has no value at all.
 * @throws GridwireError `SETTING_INVALID` where there is a payload besides
 */
export function isTombstone(message: GridwireMessage): boolean {
  const { payload } = message;
  const given = message['tombstone'];
  if (given === undefined || given === null || given === false || given === 'false') return false;
  if (given !== true && given !== 'true') {
    throw new GridwireError('SETTING_INVALID', `msg.tombstone is ${shown(given)}; it must be true or false.`);
  }
  const isEmpty =
    payload === undefined ||
    payload === null ||
    payload === '' ||
    (types.isUint8Array(payload) && payload.byteLength === 0);
  if (isEmpty) return true;
  const reason =
    'msg.tombstone says that the message has no value, and msg.payload has one; delete one of them.';
  throw new GridwireError('SETTING_INVALID', reason);
}

/** What a function node makes has classes of its own, for which instanceof says no. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  return bytes instanceof Uint8Array ? bytes : Buffer.from(buffer, byteOffset, byteLength);
}

/** Text that UTF-8 can write: none with half of a character in it. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

function shown(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return inspect(value).slice(0, 80);
}

/** How a flow's own message travels: all but its topic, its body, and what a node decides where the message does not say. */
export type GivenParts = Omit<WireMessage, 'topic' | 'body' | 'qos' | 'retain' | 'log'>;

const TOMBSTONE = Object.freeze({ tombstone: true });

/** Each part apart, for whoever keeps what can be kept of a message in which something is wrong. */
export const GIVEN_PARTS: readonly ((message: GridwireMessage) => Partial<GivenParts>)[] = [
  (message) => {
    const headers = headersOf(message);
    return headers === NOTHING ? NOTHING : { headers };
  },
  headerOrderOf,
  keyOf,
  contentTypeOf,
  askedRequest,
  (message) => expiryOf(message),
  (message) => (isTombstone(message) ? TOMBSTONE : NOTHING),
];

/** @throws GridwireError what the readers of the parts throw */
export function givenParts(message: GridwireMessage): GivenParts {
  const parts: GivenParts = { headers: {} };
  for (const part of GIVEN_PARTS) {
    const given = part(message);
    if (given !== NOTHING) Object.assign(parts, given);
  }
  return parts;
}

/** As the core nodes have it: nothing, retained, clears what was retained. */
export function isNothing(message: GridwireMessage, retain: boolean): boolean {
  const { payload } = message;
  return isTombstone(message) || (retain && (payload === null || payload === undefined));
}
