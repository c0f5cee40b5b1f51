import { BOUNDS } from '../../../bounds.js';
import { ownBytes } from '../../../bytes.js';
import { GridwireError } from '../../../errors.js';
import { headerEntries, type Headers, type Key, type Qos } from '../../../event.js';
import { type HeaderPair, tooManyHeaders } from '../../../header-order.js';
import { Frame } from './frame-reader.js';
import { PacketReader } from './packet-reader.js';
import { readUserProperties } from './user-properties.js';

const NONE = Buffer.alloc(0);

/** A PUBLISH as the broker sent it. */
export interface PublishPacket {
  topic: string;
  body: Buffer;
  qos: Qos;
  retain: boolean;
  dup: boolean;
  /** 0 for QoS 0. */
  packetId: number;
  headers: Headers;
  headerOrder?: readonly string[];
  key?: Key;
  tombstone?: true;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  /** Why it could not be read: then its headers are not known. */
  unreadable?: GridwireError;
  /** Seconds the message may still live. */
  expiry?: number;
  /** Which of our subscriptions it is for, where the broker says so (MQTT 5). */
  subscriptionIds: number[];
}

/**
 * Reads a PUBLISH frame. Body and texts are copied, to the byte, so that a message that is kept holds neither the read buffer nor Node’s pool.
 * @throws GridwireError `BROKER_PROTOCOL`
 */
export function readPublish(frame: Frame, protocolVersion: 4 | 5): PublishPacket {
  try {
    const reader = new PacketReader(frame.source, frame.at + frame.start, frame.end);
    const qos = ((frame.flags >> 1) & 3) as Qos;
    const topic = reader.textOrBytes();
    const packet: PublishPacket = {
      topic: topic.toString(),
      body: NONE,
      qos,
      retain: (frame.flags & 1) === 1,
      dup: (frame.flags & 8) === 8,
      packetId: qos > 0 ? reader.uint16() : 0,
      headers: {},
      subscriptionIds: [],
    };
    if ((frame.flags & 6) === 6 || packet.topic === '' || (qos > 0 && packet.packetId === 0)) {
      throw new Error('QoS, topic or packet id are not allowed');
    }
    if (typeof topic !== 'string') packet.unreadable = notText('topic', topic);
    else if (NO_TOPIC.test(topic)) packet.unreadable = noTopic(topic);
    const pairs = protocolVersion === 5 ? readProperties(reader, packet) : [];
    packet.body = ownBytes(reader.rest());
    if (pairs.length === 0 || packet.unreadable !== undefined) return packet;
    const carried = readUserProperties(pairs, packet.body.length > 0);
    const many =
      pairs.length > BOUNDS.headers ? tooManyHeaders(headerEntries(carried.headers).length) : undefined;
    return Object.assign(packet, many === undefined ? carried : { unreadable: many });
  } catch (error) {
    const text = 'The broker sent a PUBLISH packet that is not valid MQTT.';
    throw new GridwireError('BROKER_PROTOCOL', text, { cause: error });
  }
}

/**
 * Reads what a PUBLISH frame that was too long to keep has at its beginning: it is answered and told by that.
 * @throws GridwireError `BROKER_PROTOCOL`
 */
export function readPublishHead({ type, flags, source, at, end, start }: Frame): PublishPacket {
  // Without its properties and its body it is a whole packet of MQTT 3.1.1.
  const topicEnd = start + 2 + (end < at + start + 2 ? 0 : source.readUInt16BE(at + start));
  const size = topicEnd + ((flags & 6) === 0 ? 0 : 2);
  const head = new Frame((type << 4) | flags, source, at, Math.min(end, at + size), start, size);
  return readPublish(head, 4);
}

/** Of Gridwire's own, beside the headers: the key, and what says how they are written. */
const OWN_PROPERTIES = 2;
const MOST_PROPERTIES = BOUNDS.headers + OWN_PROPERTIES;

/**
 * The properties a PUBLISH may carry: MQTT 5, 3.3.2.3. The payload format (0x01) says nothing that the body does not show;
 * a topic alias (0x23) is never granted. Of one that is given twice nobody can say which is meant.
 */
function readProperties(reader: PacketReader, packet: PublishPacket): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  let count = 0;
  const seen = new Set<number>();
  const end = reader.varint() + reader.offset;
  while (reader.offset < end) {
    const id = reader.varint();
    const name = ONCE[id];
    if (name !== undefined && seen.has(id)) packet.unreadable ??= givenTwice(name);
    seen.add(id);
    if (id === 0x01) reader.skip(1);
    else if (id === 0x02) packet.expiry = reader.uint32();
    else if (id === 0x03) readText(reader, packet, 'contentType');
    else if (id === 0x08) readText(reader, packet, 'responseTopic');
    else if (id === 0x09) packet.correlationData = reader.binary();
    else if (id === 0x0b) packet.subscriptionIds.push(reader.varint());
    else if (id === 0x23) reader.skip(2);
    else if (id === 0x26) {
      count += 1;
      // The others are passed over, and the message is told as one that cannot be read.
      if (count <= MOST_PROPERTIES) pairs.push(readPair(reader, packet));
      else for (let part = 0; part < 2; part += 1) reader.skip(reader.uint16());
    } else throw new Error(`property ${id} does not belong to PUBLISH`);
  }
  if (reader.offset !== end) throw new Error('its properties are longer than they say');
  const many = tooManyHeaders(count, OWN_PROPERTIES);
  if (many !== undefined) packet.unreadable ??= many;
  return pairs;
}

/** What no topic of a message may hold (MQTT 4.7): published or subscribed to again, it would mean others. */
// eslint-disable-next-line no-control-regex -- the point is to refuse it
const NO_TOPIC = /[+#\u0000]/;

function noTopic(topic: string): GridwireError {
  const found = topic.slice(0, 80);
  return new GridwireError(
    'BROKER_PROTOCOL',
    `The topic of the message has a wildcard or NUL in it, which MQTT does not allow: ${JSON.stringify(found)}. Mend the broker that let it pass.`,
    { details: { found } },
  );
}

/** What a message may have once only. */
const ONCE: Readonly<Record<number, string>> = {
  0x01: 'payload format',
  0x02: 'expiry interval',
  0x03: 'content type',
  0x08: 'response topic',
  0x09: 'correlation data',
  0x23: 'topic alias',
};

function givenTwice(name: string): GridwireError {
  return new GridwireError(
    'BROKER_PROTOCOL',
    `The message has the ${name} twice, which MQTT does not allow: nobody can say which is meant. Mend its sender, or the broker that let it pass.`,
    { details: { found: name } },
  );
}

const SPOKEN = { contentType: 'content type', responseTopic: 'response topic' } as const;

function readText(reader: PacketReader, packet: PublishPacket, name: keyof typeof SPOKEN): void {
  const text = reader.textOrBytes();
  if (typeof text === 'string') packet[name] = text;
  else packet.unreadable ??= notText(SPOKEN[name], text);
}

function readPair(reader: PacketReader, packet: PublishPacket): HeaderPair {
  const name = reader.textOrBytes();
  if (typeof name !== 'string') packet.unreadable ??= notText('name of a user property', name);
  return [name.toString(), reader.textOrBytes()];
}

/** Read all the same, it would be another topic, type or name, and two could become one. */
function notText(what: string, bytes: Buffer): GridwireError {
  const found = bytes.toString('latin1').slice(0, 80);
  return new GridwireError(
    'BROKER_PROTOCOL',
    `The ${what} of the message is no UTF-8, as MQTT wants it: ${JSON.stringify(found)}. Mend its sender.`,
    { details: { found } },
  );
}
