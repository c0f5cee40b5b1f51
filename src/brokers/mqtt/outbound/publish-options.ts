import type { IClientPublishOptions } from 'mqtt';
import type { Headers, WireMessage } from '../../../event.js';

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
      ...(message.expiresAt === undefined
        ? {}
        : { messageExpiryInterval: Math.ceil((message.expiresAt - Date.now()) / 1000) }),
    },
  };
}

/** Headers as user properties, which are text: bytes travel as base64. mqtt-packet 9.0 miscounts an empty set. */
function userProperties(headers: Headers): { userProperties?: Record<string, string> } {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    properties[plain(name)] = plain(
      typeof value === 'string' ? value : Buffer.from(value).toString('base64'),
    );
  }
  return Object.keys(properties).length === 0 ? {} : { userProperties: properties };
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
  for (const [name, value] of Object.entries(message.headers)) {
    const bytes = typeof value === 'string' ? Buffer.byteLength(value) : Math.ceil(value.byteLength / 3) * 4;
    size += 5 + Buffer.byteLength(name) + bytes;
  }
  return size;
}
