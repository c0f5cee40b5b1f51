import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { exactText, isWritable, ownBytes } from '../../../bytes.js';
import { GridwireError, toGridwireError } from '../../../errors.js';
import {
  type HeaderValue,
  type Headers,
  headerEntries,
  type InboundMessage,
  type Key,
} from '../../../event.js';
import type { Qos, WireMessage } from '../../../event.js';
import { NULL_HEADER } from './client-repair.js';

/** The name CloudEvents' Kafka binding gives it. */
const CONTENT_TYPE = 'content-type';
/** Kafka has no expiry of single records, so it travels as milliseconds since the epoch. */
const EXPIRES_AT = 'gridwire-expires-at';

/** Rough cost of a record beside its texts, for batch sizes. */
const OVERHEAD = 70;

/**
 * The Kafka record of a message. An empty body with `retain` is a tombstone, which removes the key when compacting.
 * @throws GridwireError `NOT_SUPPORTED` for text that UTF-8 cannot write: two keys would become one
 */
export function recordOf(message: WireMessage): Message {
  const { topic, key } = message;
  const headers: IHeaders = Object.create(null) as IHeaders;
  for (const [name, value] of Object.entries(message.headers)) {
    assertWritable(name, 'the name of a header', topic);
    headers[name] = Array.isArray(value)
      ? value.map((each) => writtenHeader(each, topic))
      : writtenHeader(value, topic);
  }
  if (typeof key === 'string') assertWritable(key, 'the key', topic);
  if (message.contentType !== undefined) headers[CONTENT_TYPE] = message.contentType;
  if (message.expiresAt !== undefined) headers[EXPIRES_AT] = String(message.expiresAt);
  const { buffer, byteOffset, byteLength } = message.body;
  return {
    key: key === undefined ? null : Buffer.from(key as string),
    value:
      byteLength === 0 && (message.retain || message.tombstone === true)
        ? null
        : Buffer.from(buffer, byteOffset, byteLength),
    headers: { ...headers },
  };
}

function writtenHeader(value: HeaderValue, topic: string): string | Buffer {
  if (value === null) return NULL_HEADER;
  if (typeof value === 'string') assertWritable(value, 'a header', topic);
  return typeof value === 'string' ? value : Buffer.from(value);
}

function assertWritable(text: string, what: string, topic: string): void {
  if (isWritable(text)) return;
  const reason = `The message for ${topic} cannot be sent: ${what} holds half of a character (a lone surrogate), which UTF-8 cannot write. Send bytes instead.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { topic } });
}

/** About how many bytes the record takes, without compression. */
export function sizeOf({ key, value, headers }: Message): number {
  let size = OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, entry] of headerEntries((headers ?? {}) as Headers))
    size += name.length + (entry?.length ?? 0) + 4;
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

/** A record as Gridwire hands it on; one that cannot be read becomes a message that says so, with its bytes. */
export function readMessage(
  record: KafkaMessage & { unreadable?: GridwireError },
  origin: Origin,
): InboundMessage {
  try {
    const message = messageOf(record, origin);
    return record.unreadable === undefined ? message : { ...message, unreadable: record.unreadable };
  } catch (thrown) {
    const message = messageOf({ ...record, key: null, headers: {} } as KafkaMessage, origin);
    return { ...message, unreadable: toGridwireError(thrown, 'BROKER_PROTOCOL') };
  }
}

/** A record without a fault, as Gridwire hands it on. */
export function messageOf(
  record: KafkaMessage,
  { topic, partition, group, qos, redelivered }: Origin,
): InboundMessage {
  const headers = headersOf(record.headers ?? {});
  const contentType = takeText(headers, CONTENT_TYPE);
  const expiresAt = Number(takeText(headers, EXPIRES_AT, TIME) ?? NaN);
  return {
    topic,
    body: ownBytes(record.value ?? Buffer.alloc(0)),
    ...(record.key === null ? {} : { key: keyOf(record.key) }),
    ...(record.value === null ? { tombstone: true } : {}),
    qos,
    retain: false,
    headers: { ...headers },
    ...(contentType === undefined ? {} : { contentType }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    receivedAt: Date.now(),
    redelivered,
    position: { partition, offset: record.offset, timestamp: Number(record.timestamp), group },
  };
}

function keyOf(bytes: Buffer): Key {
  return exactText(bytes) ?? ownBytes(bytes);
}

/** Milliseconds since the epoch, as they stand in a header. */
const TIME = /^\d{1,16}$/;

/** Takes a header out if it is given once and is text of that form; any other stays where it is. */
function takeText(headers: Headers, name: string, form?: RegExp): string | undefined {
  const value = headers[name];
  if (typeof value !== 'string' || form?.test(value) === false) return undefined;
  Reflect.deleteProperty(headers, name);
  return value;
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
