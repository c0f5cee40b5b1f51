import type { IHeaders, KafkaMessage } from 'kafkajs';
import { exactText, ownBytes } from '../../../bytes.js';
import { GridwireError, toGridwireError } from '../../../errors.js';
import { tooManyHeaders } from '../../../header-order.js';
import { unpack } from '../codecs/codecs.js';
import { nextTurn, ownLimit, SLICE_RECORDS } from '../codecs/unpack-limit.js';
import { ByteReader } from './byte-reader.js';
import { type BatchRoom, FetchRoom, tooManyParts } from './fetch-room.js';
import { LEAST_MESSAGE, readOldMessages } from './message-set.js';
import { OWN_HEADERS } from './own-headers.js';

/** Bytes before an entry's own: its offset and its length. The format's number stands behind four more of any. */
const HEAD = 12;
const FORMAT_AT = 4;
/** Bytes of a batch before its records. */
const LEAST = 49;
const CODEC = 0x07;
const APPEND_TIME = 0x08;
const TRANSACTION = 0x10;
const CONTROL = 0x20;

/**
 * The key by which kafkajs knows the end of an aborted transaction. It asks no further, so that an event with this key
 * (Java's number 0) would end it too, and what was never committed would be handed on.
 */
const ABORT = Buffer.alloc(4);

const NO_NAME =
  'A header of the record has a name that is no UTF-8, so the record cannot be handed on as it came.';

/** What kafkajs has to know of a batch. */
interface BatchContext {
  firstOffset: string;
  magicByte: number;
  inTransaction: boolean;
  isControlBatch: boolean;
  lastOffsetDelta: number;
  producerId: string;
  producerEpoch: number;
}

/** A record of a batch, in the form of kafkajs. */
export type BatchRecord = KafkaMessage & ReadRecord;

interface ReadRecord {
  /** Its key, where kafkajs must not see it: see `ABORT`. */
  heldKey?: Buffer;
  /** The names of its headers as they stand in the log, which the object of kafkajs cannot say. */
  headerNames?: readonly string[];
  isControlRecord: boolean;
  batchContext: BatchContext;
  /** Why the batch that it stands for could not be read; the value is the batch's bytes. */
  unreadable?: GridwireError;
}

/**
 * The records of a fetch: batches of format 2, and what a log still has of the formats before Kafka 0.11. kafkajs' own reading stops a partition for ever at a batch
 * that it cannot unpack, unpacks without a bound, and makes something else of headers called `constructor`; here a batch
 * that cannot be read is one record that says why, and the partition goes on behind it.
 * @param bytes whole batches; the last one may be cut off, and is left for the next fetch
 * @param room what the batches of the same answer may take; what does not fit is left for the next fetch, too
 */
export async function readBatches(bytes: Buffer, room = new FetchRoom(ownLimit())): Promise<BatchRecord[]> {
  const records: BatchRecord[] = [];
  const reader = new ByteReader(bytes);
  while (reader.left >= HEAD) {
    const firstOffset = reader.int64();
    const length = reader.int32();
    if (length < LEAST_MESSAGE) throw withoutHead();
    if (length > reader.left) break;
    const entry = reader.take(length);
    const isOld = entry.readInt8(FORMAT_AT) < 2;
    if (!isOld && length < LEAST) throw withoutHead();
    const left = room.forBatch(records.length === 0);
    const read = await (isOld ? readOldEntry : readBatch)(firstOffset, entry, left);
    if (read === undefined) break;
    room.take(read.bytes, read.parts);
    // Not `push(...batch)`: the arguments of a call are bounded.
    for (const record of read.records) records.push(record);
  }
  return records;
}

/** What a batch became, and what of an answer's room it took. */
interface ReadBatch {
  records: BatchRecord[];
  bytes: number;
  parts: number;
}

function withoutHead(): GridwireError {
  return new GridwireError('BROKER_PROTOCOL', 'Kafka sent a batch of records without a head.');
}

/** @returns undefined for one that has no room beside those before it */
async function readOldEntry(offset: bigint, bytes: Buffer, room: BatchRoom): Promise<ReadBatch | undefined> {
  const context: BatchContext = {
    ...{ firstOffset: String(offset), magicByte: bytes.readInt8(FORMAT_AT), lastOffsetDelta: 0 },
    ...{ inTransaction: false, isControlBatch: false, producerId: '-1', producerEpoch: -1 },
  };
  try {
    const { messages, unpacked } = await readOldMessages(offset, bytes, room);
    const records = messages.map(({ key, value, ...at }) => ({
      ...{ attributes: 0, timestamp: String(at.timestamp), offset: String(at.offset), key, value },
      ...{ headers: {}, isControlRecord: false, batchContext: context },
    }));
    return { records, bytes: unpacked, parts: records.length };
  } catch (thrown) {
    if (hasNoRoom(thrown, room)) return undefined;
    return one(unreadableRecord(bytes, context, offset, -1n, thrown));
  }
}

/** Whether a batch is too large only for what is left of its answer. */
function hasNoRoom(thrown: unknown, { isAll }: BatchRoom): boolean {
  return !isAll && thrown instanceof GridwireError && thrown.code === 'BODY_TOO_LARGE';
}

function one(record: BatchRecord): ReadBatch {
  return { records: [record], bytes: 0, parts: 1 };
}

/** @returns undefined for one that has no room beside those before it */
async function readBatch(
  firstOffset: bigint,
  bytes: Buffer,
  room: BatchRoom,
): Promise<ReadBatch | undefined> {
  const reader = new ByteReader(bytes);
  reader.int32();
  const magicByte = reader.int8();
  reader.int32();
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const context: BatchContext = {
    firstOffset: String(firstOffset),
    magicByte,
    inTransaction: (attributes & TRANSACTION) !== 0,
    isControlBatch: (attributes & CONTROL) !== 0,
    lastOffsetDelta,
    producerId: String(reader.int64()),
    producerEpoch: reader.int16(),
  };
  reader.int32();
  try {
    const count = reader.int32();
    const codec = attributes & CODEC;
    const packed = reader.take(reader.left);
    if (count > room.parts) throw tooManyParts();
    const unpacked = codec === 0 ? packed : await unpack(codec, packed, room.bytes);
    const appended = (attributes & APPEND_TIME) === 0 ? undefined : maxTimestamp;
    const base = { context, firstOffset, firstTimestamp, appended };
    const { records, parts } = await readRecords(new ByteReader(unpacked), count, base, room.parts);
    const last = String(firstOffset + BigInt(Math.max(0, lastOffsetDelta)));
    if (records.at(-1)?.offset !== last) records.push(compactedRecord(last, context, maxTimestamp));
    return { records, bytes: codec === 0 ? 0 : unpacked.length, parts };
  } catch (thrown) {
    if (hasNoRoom(thrown, room)) return undefined;
    return one(unreadableRecord(bytes, context, firstOffset, maxTimestamp, thrown));
  }
}

interface Base {
  context: BatchContext;
  firstOffset: bigint;
  firstTimestamp: bigint;
  /** When the broker appended the batch, if that is what counts. */
  appended: bigint | undefined;
}

async function readRecords(
  reader: ByteReader,
  count: number,
  base: Base,
  most: number,
): Promise<{ records: BatchRecord[]; parts: number }> {
  if (count < 0 || count > reader.left) throw new RangeError('a batch names more records than it has bytes');
  const records: BatchRecord[] = [];
  let parts = count;
  for (let index = 0; index < count; index += 1) {
    const before = parts;
    const length = reader.varint();
    const record = readRecord(new ByteReader(reader.take(length)), base);
    parts += record.headerNames?.length ?? 0;
    if (parts > most) throw tooManyParts();
    if ((index + 1) % SLICE_RECORDS === 0 || parts - before > SLICE_RECORDS) await nextTurn();
    records.push(record);
  }
  return { records, parts };
}

function readRecord(
  reader: ByteReader,
  { context, firstOffset, firstTimestamp, appended }: Base,
): BatchRecord {
  const attributes = reader.int8();
  const timestamp = appended ?? firstTimestamp + BigInt(reader.varint());
  if (appended !== undefined) reader.varint();
  return {
    attributes,
    timestamp: String(timestamp),
    offset: String(firstOffset + BigInt(reader.varint())),
    ...readKey(reader, context),
    value: reader.stretch(),
    ...readHeaders(reader),
    isControlRecord: context.isControlBatch,
    batchContext: context,
  };
}

function readKey(
  reader: ByteReader,
  { inTransaction, isControlBatch }: BatchContext,
): Pick<BatchRecord, 'key' | 'heldKey'> {
  const key = reader.stretch();
  const isMistaken = inTransaction && !isControlBatch && key?.equals(ABORT) === true;
  return isMistaken ? { key: null, heldKey: key } : { key };
}

function readHeaders(reader: ByteReader): Pick<BatchRecord, 'headers' | 'headerNames' | 'unreadable'> {
  const count = reader.varint();
  if (count < 0 || count > reader.left) throw new RangeError('a record names more headers than it has bytes');
  const headers = Object.create(null) as Record<string, Buffer | null | (Buffer | null)[]>;
  const headerNames: string[] = [];
  let unreadable = tooManyHeaders(count, OWN_HEADERS);
  for (let index = 0; index < count; index += 1) {
    const bytes = reader.take(reader.varint());
    const name = unreadable === undefined ? exactText(bytes) : undefined;
    if (name === undefined) {
      unreadable ??= new GridwireError('BROKER_PROTOCOL', NO_NAME, {
        details: { name: bytes.toString('hex') },
      });
      reader.stretch();
      continue;
    }
    const value = reader.stretch();
    headerNames.push(name);
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  return {
    headers: headers as IHeaders,
    headerNames,
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

/**
 * Stands for the records at the end of a batch that compaction took away. A batch can have lost all of them, and kafkajs,
 * which goes on behind the last record it was given, would ask for such a batch for ever. Records of Kafka's own move it
 * on, and are handed to nobody.
 */
function compactedRecord(offset: string, context: BatchContext, timestamp: bigint): BatchRecord {
  return {
    attributes: 0,
    timestamp: String(timestamp),
    offset,
    key: null,
    value: null,
    headers: {},
    isControlRecord: true,
    batchContext: context,
  };
}

function unreadableRecord(
  bytes: Buffer,
  context: BatchContext,
  firstOffset: bigint,
  timestamp: bigint,
  thrown: unknown,
): BatchRecord {
  const last = firstOffset + BigInt(Math.max(0, context.lastOffsetDelta));
  const { code, message } = toGridwireError(thrown, 'BROKER_PROTOCOL');
  const text = `The batch of records at the offsets ${firstOffset} to ${last} cannot be read: ${message}`;
  return {
    attributes: 0,
    timestamp: String(timestamp),
    offset: String(last),
    key: null,
    value: ownBytes(bytes),
    headers: {},
    isControlRecord: false,
    batchContext: context,
    unreadable: new GridwireError(code, text, {
      cause: thrown,
      fault: 'permanent',
      details: { offset: String(firstOffset), lastOffset: String(last) },
    }),
  };
}
