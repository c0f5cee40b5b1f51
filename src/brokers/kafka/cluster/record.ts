import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { Headers, InboundMessage, Qos, WireMessage } from '../../../event.js';

/** The name CloudEvents' Kafka binding gives it. */
const CONTENT_TYPE = 'content-type';
/** Kafka has no expiry of single records, so it travels as milliseconds since the epoch. */
const EXPIRES_AT = 'gridwire-expires-at';

/** Rough cost of a record beside its texts, for batch sizes. */
const OVERHEAD = 70;

/** The Kafka record of a message. An empty body with `retain` is a tombstone, which removes the key when compacting. */
export function recordOf(message: WireMessage): Message {
  const headers: IHeaders = {};
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = typeof value === 'string' ? value : Buffer.from(value);
  }
  if (message.contentType !== undefined) headers[CONTENT_TYPE] = message.contentType;
  if (message.expiresAt !== undefined) headers[EXPIRES_AT] = String(message.expiresAt);
  const { buffer, byteOffset, byteLength } = message.body;
  return {
    key: message.key ?? null,
    value: message.retain && byteLength === 0 ? null : Buffer.from(buffer, byteOffset, byteLength),
    headers,
  };
}

/** About how many bytes the record takes, without compression. */
export function sizeOf({ key, value, headers }: Message): number {
  let size = OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, entry] of Object.entries(headers ?? {})) size += name.length + (entry?.length ?? 0) + 4;
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

/** A record as Gridwire hands it on. */
export function messageOf(
  record: KafkaMessage,
  { topic, partition, group, qos, redelivered }: Origin,
): InboundMessage {
  const { [CONTENT_TYPE]: contentType, [EXPIRES_AT]: expiry, ...headers } = headersOf(record.headers ?? {});
  const expiresAt = Number(expiry ?? NaN);
  return {
    topic,
    body: record.value ?? Buffer.alloc(0),
    ...(record.key === null ? {} : { key: record.key.toString() }),
    qos,
    retain: false,
    headers,
    ...(contentType === undefined ? {} : { contentType: contentType.toString() }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    receivedAt: Date.now(),
    redelivered,
    position: { partition, offset: record.offset, timestamp: Number(record.timestamp), group },
  };
}

/** Kafka's headers are bytes. Plain text becomes a string; anything else (Spring's numbers) stays bytes. */
function headersOf(raw: IHeaders): Headers {
  const headers = Object.create(null) as Headers;
  for (const [name, value] of Object.entries(raw)) {
    // Of headers that are given more than once the last one counts, as for Java's lastHeader.
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) headers[name] = typeof last === 'string' ? last : (plainText(last) ?? last);
  }
  return headers;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// eslint-disable-next-line no-control-regex -- bytes below space are what tells a number from a text
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
