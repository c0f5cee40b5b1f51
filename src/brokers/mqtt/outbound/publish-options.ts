import type { IClientPublishOptions } from 'mqtt';
import { GridwireError } from '../../../errors.js';
import { type HeaderValue, type Headers, headerEntries, type WireMessage } from '../../../event.js';

/** Fixed header, packet id, topic length, properties that are not texts: the most they can take. */
const OVERHEAD = 32;

/** How mqtt.js is to send a message; MQTT 3.1.1 has no place for headers, content type and expiry. */
export function publishOptions(message: WireMessage, protocolVersion: 4 | 5): IClientPublishOptions {
  const { qos, retain } = message;
  if (protocolVersion === 4) return { qos, retain };
  return {
    qos,
    retain,
    properties: {
      ...userProperties(message.headers),
      ...(message.contentType === undefined ? {} : { contentType: plain(message.contentType) }),
      ...(message.expiresAt === undefined ? {} : { messageExpiryInterval: secondsLeft(message.expiresAt) }),
    },
  };
}

/** In whole seconds, rather too few than too many; 0 would be none, and less than that ends the connection. */
function secondsLeft(expiresAt: number): number {
  return Math.max(1, Math.floor((expiresAt - Date.now()) / 1000));
}

/** Headers as user properties, which are text: bytes travel as base64. mqtt-packet 9.0 miscounts an empty set. */
function userProperties(headers: Headers): { userProperties?: Record<string, string | string[]> } {
  const properties = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of Object.entries(headers)) {
    properties[plain(name)] = Array.isArray(value) ? value.map(written) : written(value);
  }
  return Object.keys(properties).length === 0 ? {} : { userProperties: properties };
}

/** @throws GridwireError `NOT_SUPPORTED` for a header without a value, which Kafka knows and MQTT does not */
function written(value: HeaderValue): string {
  if (value === null) {
    const reason = 'A header of the message has no value (null), for which MQTT has no form; give it a text.';
    throw new GridwireError('NOT_SUPPORTED', reason);
  }
  return plain(typeof value === 'string' ? value : Buffer.from(value).toString('base64'));
}

/** Brokers close the connection on control characters in texts (MQTT 5, 1.5.4); stack traces are full of them. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to replace them
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** An upper bound of the packet's size in bytes. */
export function packetSize(message: WireMessage): number {
  let size = OVERHEAD + message.body.byteLength + Buffer.byteLength(message.topic);
  if (message.contentType !== undefined) size += Buffer.byteLength(message.contentType);
  for (const [name, value] of headerEntries(message.headers)) {
    const bytes =
      typeof value === 'string' ? Buffer.byteLength(value) : Math.ceil((value?.byteLength ?? 0) / 3) * 4;
    size += 5 + Buffer.byteLength(name) + bytes;
  }
  return size;
}
