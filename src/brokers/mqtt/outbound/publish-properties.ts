import { GridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import { correlationBytes, propertyText, userProperties } from '../connection/user-properties.js';

/** Fixed header, packet id, lengths, properties that are numbers: the most they can take. */
const OVERHEAD = 48;

/** What a PUBLISH of MQTT 5 carries beside topic and body (3.3.2.3). */
export interface PublishProperties {
  userProperties?: Readonly<Record<string, readonly string[]>>;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  /** Seconds. */
  messageExpiryInterval?: number;
}

/**
 * What of a message has its place in the properties of MQTT 5; MQTT 3.1.1 has none for headers, key, content type and expiry.
 * @throws GridwireError `NOT_SUPPORTED` for what MQTT 5 cannot carry
 */
export function publishProperties(message: WireMessage): PublishProperties {
  const { topic, contentType, responseTopic, correlationData, expiresAt } = message;
  const properties = userProperties(message);
  return {
    ...(properties === undefined ? {} : { userProperties: properties }),
    ...(contentType === undefined ? {} : { contentType: propertyText('content type', contentType, topic) }),
    ...(responseTopic === undefined ? {} : { responseTopic: responseTopicText(responseTopic, topic) }),
    ...(correlationData === undefined ? {} : { correlationData: correlationBytes(correlationData, topic) }),
    ...(expiresAt === undefined ? {} : { messageExpiryInterval: secondsLeft(expiresAt) }),
  };
}

/** Brokers end the connection over a response topic with a wildcard in it. */
function responseTopicText(responseTopic: string, topic: string): string {
  if (!/[+#]/.test(responseTopic)) return propertyText('response topic', responseTopic, topic);
  const reason = `The message for ${topic} cannot be sent: its response topic has + or # in it, which MQTT does not allow.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { topic } });
}

/** The most that MQTT's four bytes hold, some 136 years. */
const MOST_SECONDS = 0xffff_ffff;

/** In whole seconds, rather too few than too many; 0 would be none, and what MQTT has no number for ends the connection. */
function secondsLeft(expiresAt: number): number {
  return Math.min(MOST_SECONDS, Math.max(1, Math.floor((expiresAt - Date.now()) / 1000)));
}

/** An upper bound of the packet's size in bytes, on MQTT 5. */
export function packetSize(message: WireMessage): number {
  let size = OVERHEAD + message.body.byteLength + Buffer.byteLength(message.topic);
  for (const text of [message.contentType, message.responseTopic])
    if (text !== undefined) size += Buffer.byteLength(text);
  size += message.correlationData?.byteLength ?? 0;
  for (const [name, values] of Object.entries(userProperties(message) ?? {}))
    for (const value of values) size += 5 + Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}
