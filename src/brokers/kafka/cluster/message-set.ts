import { unpack } from '../codecs/codecs.js';
import { nextTurn, SLICE_RECORDS } from '../codecs/unpack-limit.js';
import { ByteReader } from './byte-reader.js';
import { type BatchRoom, tooManyParts } from './fetch-room.js';

/** Bytes of a message that has neither key nor value, offset and length left out: checksum, format, codec, two lengths. */
export const LEAST_MESSAGE = 14;
const CODEC = 0x07;
const APPEND_TIME = 0x08;
/** What Kafka has where a message has no time. */
const NO_TIME = -1n;

/** A message of a log that was begun before Kafka 0.11: formats 0 and 1, of which 0 has no times, and none has headers. */
export interface OldMessage {
  offset: bigint;
  timestamp: bigint;
  key: Buffer | null;
  value: Buffer | null;
}

/**
 * The messages of one entry of such a log: itself, or those that are packed in it.
 * @param bytes what follows its offset and its length
 * @throws RangeError for bytes that are none, and whatever damaged packed ones cause
 */
export async function readOldMessages(
  offset: bigint,
  bytes: Buffer,
  room: BatchRoom,
): Promise<{ messages: OldMessage[]; unpacked: number }> {
  const { attributes, format, ...message } = readMessage(offset, bytes);
  const codec = attributes & CODEC;
  if (codec === 0 || message.value === null) return { messages: [message], unpacked: 0 };
  const whole = await unpack(codec, message.value, room.bytes);
  const packed = await readSet(new ByteReader(whole), room.parts);
  // Format 1 counts from 0 in the packed ones, and the entry has the offset of the last of them.
  const first = format === 0 ? 0n : offset - (packed.at(-1)?.offset ?? 0n);
  const messages = packed.map(({ offset: each, timestamp, key, value }) => ({
    ...{ offset: first + each, key, value },
    timestamp: (attributes & APPEND_TIME) === 0 ? timestamp : message.timestamp,
  }));
  return { messages, unpacked: whole.length };
}

async function readSet(reader: ByteReader, most: number): Promise<OldMessage[]> {
  const messages: OldMessage[] = [];
  while (reader.left > 0) {
    const offset = reader.int64();
    const { attributes, ...message } = readMessage(offset, reader.take(reader.int32()));
    if ((attributes & CODEC) !== 0) throw new RangeError('a packed message is packed once more');
    messages.push(message);
    if (messages.length > most) throw tooManyParts();
    if (messages.length % SLICE_RECORDS === 0) await nextTurn();
  }
  return messages;
}

function readMessage(offset: bigint, bytes: Buffer): OldMessage & { attributes: number; format: number } {
  const reader = new ByteReader(bytes);
  reader.int32();
  const format = reader.int8();
  const attributes = reader.int8();
  const timestamp = format === 0 ? NO_TIME : reader.int64();
  return { ...{ offset, format, attributes, timestamp }, key: stretch(reader), value: stretch(reader) };
}

function stretch(reader: ByteReader): Buffer | null {
  const length = reader.int32();
  return length === -1 ? null : reader.take(length);
}
