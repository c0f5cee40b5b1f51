import { exactText, isWritable, ownBytes } from '../../../bytes.js';
import { GridwireError } from '../../../errors.js';
import type { Headers, HeaderValue, WireMessage } from '../../../event.js';

/** What a message has and a record of Kafka has no place of its own for: it travels in headers of these names. */
type Own = Pick<WireMessage, 'contentType' | 'responseTopic' | 'correlationData' | 'expiresAt'>;

const NAMES = {
  /** The name CloudEvents' Kafka binding gives it. */
  contentType: 'content-type',
  responseTopic: 'gridwire-response-topic',
  correlationData: 'gridwire-correlation-data',
  /** Milliseconds since the epoch. */
  expiresAt: 'gridwire-expires-at',
} as const;

/** Milliseconds since the epoch, as they stand in a header, and would be written again. */
const TIME = /^(?:0|[1-9]\d{0,15})$/;
/** The last moment that a date can name, milliseconds since the epoch. */
const LAST_MOMENT = 8_640_000_000_000_000;

/** So many a record may have beside those of its message. */
export const OWN_HEADERS = Object.keys(NAMES).length;

/** The headers in which a message's own parts travel. @throws GridwireError `NOT_SUPPORTED` */
export function ownHeaders(
  message: Own & Pick<WireMessage, 'topic'>,
): [name: string, value: string | Buffer][] {
  const { contentType, responseTopic, correlationData, expiresAt } = message;
  const headers: [string, string | Uint8Array | undefined][] = [
    [NAMES.contentType, contentType],
    [NAMES.responseTopic, responseTopic],
    [NAMES.correlationData, correlationData],
    [NAMES.expiresAt, expiresAt?.toString()],
  ];
  return headers.flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (typeof value === 'string') assertWritable(value, `the ${name}`, message.topic);
    return [
      [name, typeof value === 'string' ? value : Buffer.from(value)] satisfies [string, string | Buffer],
    ];
  });
}

/** Takes the parts out of the headers; a header that is given twice, or is none of that form, stays where it is. */
export function takeOwn(headers: Headers): Own {
  const contentType = take(headers, NAMES.contentType, textOf);
  const responseTopic = take(headers, NAMES.responseTopic, textOf);
  const correlationData = take(headers, NAMES.correlationData, bytesOf);
  const expiresAt = take(headers, NAMES.expiresAt, timeOf);
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function take<Value>(
  headers: Headers,
  name: string,
  read: (value: string | Uint8Array) => Value | undefined,
): Value | undefined {
  const written = headers[name];
  if (written === undefined || written === null || Array.isArray(written)) return undefined;
  const value = read(written);
  if (value !== undefined) Reflect.deleteProperty(headers, name);
  return value;
}

/** What is read as bytes may be text all the same, with control characters in it. */
function textOf(value: NonNullable<HeaderValue>): string | undefined {
  return typeof value === 'string' ? value : exactText(value);
}

function bytesOf(value: NonNullable<HeaderValue>): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : ownBytes(value);
}

function timeOf(value: NonNullable<HeaderValue>): number | undefined {
  const text = textOf(value);
  return text !== undefined && TIME.test(text) && Number(text) <= LAST_MOMENT ? Number(text) : undefined;
}

/** @throws GridwireError `NOT_SUPPORTED` for half of a character */
export function assertWritable(text: string, what: string, topic: string): void {
  if (isWritable(text)) return;
  const reason = `The message for ${topic} cannot be sent: ${what} holds half of a character (a lone surrogate), which UTF-8 cannot write. Send bytes instead.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { topic } });
}
