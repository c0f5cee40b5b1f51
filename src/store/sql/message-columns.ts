import type { Headers, Qos, WireMessage } from '../../event.js';
import type { Row } from './database.js';

/** The delivery rules of a message as they are stored: one JSON document beside topic and body. */
interface StoredRules {
  qos: Qos;
  retain?: true;
  key?: string;
  headers?: Record<string, string | { base64: string }>;
  contentType?: string;
  expiresAt?: number;
}

/** The `message` column: everything of a message but its topic and its body. */
export function messageColumn(message: WireMessage): string {
  const rules: StoredRules = { qos: message.qos };
  if (message.retain) rules.retain = true;
  if (message.key !== undefined) rules.key = message.key;
  if (message.contentType !== undefined) rules.contentType = message.contentType;
  if (message.expiresAt !== undefined) rules.expiresAt = message.expiresAt;
  const names = Object.keys(message.headers);
  if (names.length > 0) {
    rules.headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : { base64: Buffer.from(value).toString('base64') },
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
    ...(rules.key === undefined ? {} : { key: rules.key }),
    ...(rules.contentType === undefined ? {} : { contentType: rules.contentType }),
    ...(rules.expiresAt === undefined ? {} : { expiresAt: rules.expiresAt }),
  };
}

function headersOf(stored: NonNullable<StoredRules['headers']>): Headers {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : new Uint8Array(Buffer.from(value.base64, 'base64')),
    ]),
  );
}

function bytesOf(value: Row[string] | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array();
}
