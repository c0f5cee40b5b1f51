import type { WireMessage } from '../../../event.js';
import { PUBLISH, PUBREL } from '../connection/frame-reader.js';
import type { PacketBatch } from '../connection/packet-batch.js';
import type { PublishProperties } from './publish-properties.js';

/** The longest rest of a packet that MQTT's four bytes of length can tell of (2.2.3). */
const LONGEST_REST = 268_435_455;
const NO_PROPERTIES = Buffer.alloc(0);

/**
 * Writes a PUBLISH packet (MQTT 3.1.1 and 5, 3.3).
 * @param packetId for QoS 1 and 2
 * @param properties undefined on MQTT 3.1.1, which has no place for them
 * @throws RangeError for what is longer than a packet can be
 */
export function writePublish(
  batch: PacketBatch,
  { topic, body, qos, retain }: Pick<WireMessage, 'topic' | 'body' | 'qos' | 'retain'>,
  packetId: number,
  properties: PublishProperties | undefined,
): void {
  const topicLength = Buffer.byteLength(topic);
  const given = properties === undefined ? undefined : propertyBytes(properties);
  const rest =
    2 +
    topicLength +
    (qos === 0 ? 0 : 2) +
    (given === undefined ? 0 : lengthOfLength(given.length) + given.length) +
    body.byteLength;
  if (rest > LONGEST_REST) throw new RangeError('it is longer than an MQTT packet can be');
  let at = batch.take(1 + lengthOfLength(rest) + rest);
  const { bytes } = batch;
  bytes[at] = (PUBLISH << 4) | (qos << 1) | (retain ? 1 : 0);
  at = writeLength(bytes, at + 1, rest);
  bytes[at] = topicLength >> 8;
  bytes[at + 1] = topicLength & 0xff;
  at += 2;
  at += bytes.write(topic, at, 'utf8');
  if (qos !== 0) {
    bytes[at] = packetId >> 8;
    bytes[at + 1] = packetId & 0xff;
    at += 2;
  }
  if (given !== undefined) {
    at = writeLength(bytes, at, given.length);
    bytes.set(given, at);
    at += given.length;
  }
  bytes.set(body, at);
}

/** Writes a PUBREL packet, which answers PUBREC (3.6). */
export function writePubrel(batch: PacketBatch, packetId: number): void {
  const at = batch.take(4);
  const { bytes } = batch;
  bytes[at] = (PUBREL << 4) | 2;
  bytes[at + 1] = 2;
  bytes[at + 2] = packetId >> 8;
  bytes[at + 3] = packetId & 0xff;
}

/** Seven bits a byte, the least first (2.2.3). @returns where it ends */
function writeLength(bytes: Buffer, from: number, length: number): number {
  let [at, left] = [from, length];
  for (; left > 0x7f; at += 1, left >>= 7) bytes[at] = (left & 0x7f) | 0x80;
  bytes[at] = left;
  return at + 1;
}

function lengthOfLength(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4;
}

/** As MQTT 5 writes them (3.3.2.3), without their length. */
function propertyBytes(properties: PublishProperties): Buffer {
  const { messageExpiryInterval, contentType, responseTopic, correlationData, userProperties } = properties;
  const parts: Uint8Array[] = [];
  if (messageExpiryInterval !== undefined) {
    const bytes = Buffer.alloc(5);
    bytes[0] = 0x02;
    bytes.writeUInt32BE(messageExpiryInterval, 1);
    parts.push(bytes);
  }
  if (contentType !== undefined) parts.push(ID[0x03], ...field(Buffer.from(contentType)));
  if (responseTopic !== undefined) parts.push(ID[0x08], ...field(Buffer.from(responseTopic)));
  if (correlationData !== undefined) parts.push(ID[0x09], ...field(correlationData));
  for (const [name, values] of Object.entries(userProperties ?? {}))
    for (const value of values)
      parts.push(ID[0x26], ...field(Buffer.from(name)), ...field(Buffer.from(value)));
  return parts.length === 0 ? NO_PROPERTIES : Buffer.concat(parts);
}

const ID = {
  0x03: Buffer.from([0x03]),
  0x08: Buffer.from([0x08]),
  0x09: Buffer.from([0x09]),
  0x26: Buffer.from([0x26]),
} as const;

/** Text or bytes behind their length, two bytes. */
function field(bytes: Uint8Array): [length: Buffer, bytes: Uint8Array] {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.byteLength);
  return [length, bytes];
}
