import type { IClientPublishOptions } from 'mqtt';
import type { WireMessage } from '../../../event.js';
import { contentTypeText, userProperties } from '../connection/user-properties.js';

/** Fixed header, packet id, topic length, properties that are not texts: the most they can take. */
const OVERHEAD = 32;

/**
 * How mqtt.js is to send a message; MQTT 3.1.1 has no place for headers, key, content type and expiry.
 * @throws GridwireError `NOT_SUPPORTED` for what MQTT 5 cannot carry
 */
export function publishOptions(message: WireMessage, protocolVersion: 4 | 5): IClientPublishOptions {
  const { topic, qos, retain, contentType, expiresAt } = message;
  if (protocolVersion === 4) return { qos, retain };
  // mqtt-packet 9.0 miscounts an empty set.
  const properties = userProperties(message);
  return {
    qos,
    retain,
    properties: {
      ...(properties === undefined ? {} : { userProperties: properties }),
      ...(contentType === undefined ? {} : { contentType: contentTypeText(contentType, topic) }),
      ...(expiresAt === undefined ? {} : { messageExpiryInterval: secondsLeft(expiresAt) }),
    },
  };
}

/** In whole seconds, rather too few than too many; 0 would be none, and less than that ends the connection. */
function secondsLeft(expiresAt: number): number {
  return Math.max(1, Math.floor((expiresAt - Date.now()) / 1000));
}

/** An upper bound of the packet's size in bytes, on MQTT 5. */
export function packetSize(message: WireMessage): number {
  let size = OVERHEAD + message.body.byteLength + Buffer.byteLength(message.topic);
  if (message.contentType !== undefined) size += Buffer.byteLength(message.contentType);
  for (const [name, values] of Object.entries(userProperties(message) ?? {}))
    for (const value of values) size += 5 + Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}
