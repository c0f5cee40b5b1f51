import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { BOUNDS } from '../../../bounds.js';
import { exactText, ownBytes } from '../../../bytes.js';
import { GridwireError, toGridwireError } from '../../../errors.js';
import {
  type HeaderValue,
  type Headers,
  headerEntries,
  type InboundMessage,
  type Key,
} from '../../../event.js';
import type { Qos, WireMessage } from '../../../event.js';
import { headerPairs, orderOf, tooManyHeaders } from '../../../header-order.js';
import { NULL_HEADER } from './client-repair.js';
import { assertWritable, ownHeaders, takeOwn } from './own-headers.js';

/** Rough cost of a record beside its texts, for batch sizes. */
const OVERHEAD = 70;

/**
 * The Kafka record of a message. An empty body with `retain` is a tombstone, which removes the key when compacting.
 * @throws GridwireError `NOT_SUPPORTED` for text that UTF-8 cannot write: two keys would become one
 */
export function recordOf(message: WireMessage): Message {
  const { topic, key } = message;
  if (typeof key === 'string') assertWritable(key, 'the key', topic);
  const { buffer, byteOffset, byteLength } = message.body;
  return {
    key: key === undefined ? null : Buffer.from(key as string),
    value:
      byteLength === 0 && (message.retain || message.tombstone === true)
        ? null
        : Buffer.from(buffer, byteOffset, byteLength),
    headers: writtenHeaders(message),
  };
}

function writtenHeaders(message: WireMessage): IHeaders {
  const { topic, headerOrder } = message;
  const headers: IHeaders = Object.create(null) as IHeaders;
  for (const [name, value] of Object.entries(message.headers)) {
    assertWritable(name, 'the name of a header', topic);
    headers[name] = Array.isArray(value)
      ? value.map((each) => writtenHeader(each, topic))
      : writtenHeader(value, topic);
  }
  const many = tooManyHeaders(headerEntries(message.headers).length);
  if (many !== undefined) throw many;
  for (const [name, value] of ownHeaders(message)) setOwn(headers, name, value, topic);
  return headerOrder === undefined ? { ...headers } : inOrder(headers, headerOrder);
}

/** What Kafka has no place of its own for is a header too, and must not take the place of one of that name. */
function setOwn(headers: IHeaders, name: string, value: string | Buffer, topic: string): void {
  const given = headers[name];
  if (given !== undefined && !isSame(given, value)) {
    const reason = `The message for ${topic} cannot be sent: it has a header ${name}, and something else that Kafka carries under this name. Leave one of them out.`;
    throw new GridwireError('NOT_SUPPORTED', reason, { details: { topic, header: name } });
  }
  headers[name] = value;
}

function isSame(given: NonNullable<IHeaders[string]>, value: string | Buffer): boolean {
  if (Array.isArray(given) || given === NULL_HEADER) return false;
  return Buffer.from(given as string).equals(Buffer.from(value as string));
}

/**
 * kafkajs writes one name after another, each with all its values. A list that maps itself to pairs, under whatever
 * name, gets names through to it that come again after others.
 */
function inOrder(headers: IHeaders, headerOrder: readonly string[]): IHeaders {
  const pairs = headerPairs({ headers: headers as Headers, headerOrder }) as [string, string | Buffer][];
  const values = pairs.map(([, value]) => value);
  values.map = (() => pairs.map(([key, value]) => ({ key, value }))) as unknown as typeof values.map;
  return { '': values };
}

function writtenHeader(value: HeaderValue, topic: string): string | Buffer {
  if (value === null) return NULL_HEADER;
  if (typeof value === 'string') assertWritable(value, 'a header', topic);
  return typeof value === 'string' ? value : Buffer.from(value);
}

/** About how many bytes the record takes, without compression. */
export function sizeOf({ key, value, headers }: Message): number {
  let size = OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  // Not by `map`: see `inOrder`.
  for (const [name, value] of Object.entries(headers ?? {}))
    for (const each of Array.isArray(value) ? value : [value]) size += name.length + (each?.length ?? 0) + 4;
  return size;
}

/** Where a record was read. */
export interface Origin {
  topic: string;
  partition: number;
  group: string;
  qos: Qos;
  redelivered: boolean;
}

/** A record with what kafkajs has no place for; see record-batches.ts. */
type ReadRecord = KafkaMessage & { headerNames?: readonly string[]; heldKey?: Buffer };

/** A record as Gridwire hands it on; one that cannot be read becomes a message that says so, with its bytes. */
export function readMessage(
  record: ReadRecord & { unreadable?: GridwireError },
  origin: Origin,
): InboundMessage {
  try {
    const message = messageOf(record, origin);
    if (record.unreadable !== undefined) return { ...message, unreadable: record.unreadable };
    const many = tooManyIn(message, record);
    if (many === undefined) return message;
    const { headerOrder: _order, ...others } = message;
    return { ...others, headers: {}, unreadable: many };
  } catch (thrown) {
    const { heldKey: _held, ...rest } = record;
    const message = messageOf({ ...rest, key: null, headers: {} } as KafkaMessage, origin);
    return { ...message, unreadable: toGridwireError(thrown, 'BROKER_PROTOCOL') };
  }
}

/** A few more may have been parts of the message, and are no headers of it. */
function tooManyIn({ headers }: InboundMessage, { headerNames = [] }: ReadRecord): GridwireError | undefined {
  return headerNames.length > BOUNDS.headers ? tooManyHeaders(headerEntries(headers).length) : undefined;
}

/** A record without a fault, as Gridwire hands it on. */
export function messageOf(
  record: ReadRecord,
  { topic, partition, group, qos, redelivered }: Origin,
): InboundMessage {
  const headers = headersOf(record.headers ?? {});
  const own = takeOwn(headers);
  const key = record.heldKey ?? record.key;
  return {
    topic,
    body: ownBytes(record.value ?? Buffer.alloc(0)),
    ...(key === null ? {} : { key: keyOf(key) }),
    ...(record.value === null ? { tombstone: true } : {}),
    qos,
    retain: false,
    headers: { ...headers },
    ...orderOfNames(record.headerNames ?? [], headers, ownHeaders({ topic, ...own })),
    ...own,
    receivedAt: Date.now(),
    redelivered,
    position: { partition, offset: record.offset, timestamp: Number(record.timestamp), group },
  };
}

/** The order of the headers, if the record would be written in another one. */
function orderOfNames(
  names: readonly string[],
  headers: Headers,
  own: readonly [name: string, value: string | Buffer][],
): Pick<WireMessage, 'headerOrder'> {
  if (names.length < 2) return {};
  const written: Headers = { ...headers };
  for (const [name, value] of own) written[name] = value;
  return orderOf(
    written,
    names.map((name) => [name]),
  );
}

function keyOf(bytes: Buffer): Key {
  return exactText(bytes) ?? ownBytes(bytes);
}

/** Kafka's headers are bytes. Plain text becomes a string; anything else (Spring's numbers) stays bytes. */
function headersOf(raw: IHeaders): Headers {
  const headers = Object.create(null) as Headers;
  for (const [name, value] of Object.entries(raw)) {
    headers[name] = Array.isArray(value) ? value.map(readHeader) : readHeader(value);
  }
  return headers;
}

function readHeader(value: Buffer | string | null | undefined): HeaderValue {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : (plainText(value) ?? ownBytes(value));
}

// eslint-disable-next-line no-control-regex -- bytes below space are what tells a number from a text
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

function plainText(bytes: Uint8Array): string | undefined {
  const text = exactText(bytes);
  return text === undefined || CONTROL.test(text) ? undefined : text;
}
