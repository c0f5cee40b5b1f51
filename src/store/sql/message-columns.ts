import type { HeaderValue, Headers, Key, LogHint, Qos, WireMessage } from '../../event.js';
import type { Row } from './database.js';

/** Text as it is; bytes in a form that JSON can hold. */
type StoredText = string | { base64: string };
type StoredHeader = StoredText | null;

/** The delivery rules of a message as they are stored: one JSON document beside topic and body. */
interface StoredRules {
  qos: Qos;
  retain?: true;
  key?: StoredText;
  tombstone?: true;
  headers?: Record<string, StoredHeader | StoredHeader[]>;
  headerOrder?: readonly string[];
  contentType?: string;
  responseTopic?: string;
  correlationData?: StoredText;
  expiresAt?: number;
  log?: LogHint;
}

/** The `message` column: everything of a message but its topic and its body. */
export function messageColumn(message: WireMessage): string {
  const rules: StoredRules = { qos: message.qos };
  if (message.retain) rules.retain = true;
  if (message.key !== undefined) rules.key = storedText(message.key);
  if (message.tombstone === true) rules.tombstone = true;
  if (message.contentType !== undefined) rules.contentType = message.contentType;
  if (message.responseTopic !== undefined) rules.responseTopic = message.responseTopic;
  if (message.correlationData !== undefined) rules.correlationData = storedText(message.correlationData);
  if (message.expiresAt !== undefined) rules.expiresAt = message.expiresAt;
  if (message.log !== undefined) rules.log = message.log;
  if (message.headerOrder !== undefined) rules.headerOrder = message.headerOrder;
  const names = Object.keys(message.headers);
  if (names.length > 0) {
    rules.headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(storedHeader) : storedHeader(value),
      ]),
    );
  }
  return JSON.stringify(rules);
}

/** The message of a row with the columns `topic`, `body` and `message`. */
export function messageOf(row: Row): WireMessage {
  const rules: StoredRules =
    typeof row.message === 'string' ? (JSON.parse(row.message) as StoredRules) : { qos: 1 };
  return {
    topic: String(row.topic),
    body: bytesOf(row.body),
    qos: rules.qos,
    retain: rules.retain ?? false,
    headers: headersOf(rules.headers ?? {}),
    ...(rules.log === undefined ? {} : { log: rules.log }),
    ...(rules.headerOrder === undefined ? {} : { headerOrder: rules.headerOrder }),
    ...(rules.key === undefined ? {} : { key: textOf(rules.key) }),
    ...(rules.tombstone === undefined ? {} : { tombstone: true }),
    ...(rules.contentType === undefined ? {} : { contentType: rules.contentType }),
    ...(rules.responseTopic === undefined ? {} : { responseTopic: rules.responseTopic }),
    ...(rules.correlationData === undefined ? {} : { correlationData: bytesOfText(rules.correlationData) }),
    ...(rules.expiresAt === undefined ? {} : { expiresAt: rules.expiresAt }),
  };
}

function headersOf(stored: NonNullable<StoredRules['headers']>): Headers {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(headerOf) : headerOf(value),
    ]),
  );
}

function storedText(value: Key): StoredText {
  return typeof value === 'string' ? value : { base64: Buffer.from(value).toString('base64') };
}

function storedHeader(value: HeaderValue): StoredHeader {
  return value === null ? null : storedText(value);
}

function textOf(stored: StoredText): Key {
  return typeof stored === 'string' ? stored : new Uint8Array(Buffer.from(stored.base64, 'base64'));
}

function bytesOfText(stored: StoredText): Uint8Array {
  return Buffer.from(textOf(stored) as string);
}

function headerOf(stored: StoredHeader): HeaderValue {
  return stored === null ? null : textOf(stored);
}

function bytesOf(value: Row[string] | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array();
}
