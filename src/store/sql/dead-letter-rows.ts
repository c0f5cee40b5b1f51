import { createHash } from 'node:crypto';
import type { ErrorCode, FaultClass } from '../../errors.js';
import type { JsonObject, WireMessage } from '../../event.js';
import type { DeadLetter, DeadLetterState, DeadLetterSummary, NewDeadLetter } from '../dead-letter-store.js';
import type { BulkInsert, Row, SqlValue } from './database.js';
import { messageColumn, messageOf } from './message-columns.js';
import { portableJson } from './portable-json.js';
import { storableTime } from './storable.js';

/** Long enough for any message of ours, short enough that a hostile one costs nothing. */
export const MAX_REASON = 2_000;

/** The rows of a batch, in the order of `BULK_TABLES.dead_letters`. */
export function deadLetterInsert(letters: readonly NewDeadLetter[]): BulkInsert {
  return {
    table: 'dead_letters',
    rows: letters.map((letter): SqlValue[] => [
      letter.message.topic,
      letter.message.body,
      messageColumn(letter.message),
      letter.contract ?? null,
      letter.type ?? null,
      letter.code,
      letter.reason.slice(0, MAX_REASON),
      letter.fault,
      storableTime(letter.failedAt),
      recordColumn(letter),
      messageDigest(letter.message),
    ]),
  };
}

/** The record as JSON that both databases take. What is nested too deep or too large to be written again is text, and cut. */
function recordColumn(letter: NewDeadLetter): string {
  try {
    const record = portableJson(marked(letter, letter.record ?? standardRecord(letter)));
    if (record.length <= LARGEST_RECORD) return record;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return portableJson(marked(letter, standardRecord(letter)));
}

/** Beside the record's own members, so that every reader of it sees that it is not all. */
const INCOMPLETE = 'payload_incomplete';

function marked({ incomplete }: NewDeadLetter, record: JsonObject): JsonObject {
  return incomplete === undefined ? record : { ...record, [INCOMPLETE]: true };
}

/** The bytes of a letter lie beside its record, which is for people and for TaylorDash. */
const LARGEST_RECORD = 4 * 1024 * 1024;

/** TaylorDash's dead-letter body, for letters whose contract names none. */
function standardRecord(letter: NewDeadLetter): JsonObject {
  return {
    original_topic: letter.message.topic,
    failure_reason: letter.reason.slice(0, MAX_REASON),
    failure_timestamp: new Date(storableTime(letter.failedAt)).toISOString(),
    payload: new TextDecoder().decode(letter.message.body.subarray(0, LARGEST_RECORD / 2)),
  };
}

export function letterOf(row: Row): DeadLetter {
  const record = typeof row.record === 'string' ? (JSON.parse(row.record) as JsonObject) : undefined;
  return {
    ...described(row),
    message: messageOf({ ...row, body: row.body ?? originalBody(record) }),
    ...(record === undefined ? {} : { record }),
    ...(record?.[INCOMPLETE] === true ? { incomplete: true } : {}),
    lineage: Number(row.lineage),
    ...(typeof row.recovered_at === 'number' ? { recoveredAt: row.recovered_at } : {}),
    ...(typeof row.discarded_at === 'number' ? { discardedAt: row.discarded_at } : {}),
  };
}

/** By which an event is known again when it comes back as a letter: what it says, and where; brokers spell topics in two ways. */
export function messageDigest({ topic, body }: WireMessage): string {
  return createHash('sha256')
    .update(topic.replaceAll('/', '.'))
    .update('\0')
    .update(body)
    .digest('base64url');
}

/** What lists and whole letters have in common. */
export function described(row: Row): Omit<DeadLetterSummary, 'topic' | 'bytes'> {
  return {
    id: Number(row.id),
    code: String(row.code) as ErrorCode,
    reason: String(row.reason),
    fault: String(row.fault) as FaultClass,
    failedAt: Number(row.failed_at),
    state: String(row.state) as DeadLetterState,
    attempts: Number(row.attempts),
    ...(typeof row.contract === 'string' ? { contract: row.contract } : {}),
    ...(typeof row.type === 'string' ? { type: row.type } : {}),
    ...(typeof row.last_error === 'string' ? { lastError: row.last_error } : {}),
  };
}

/** A letter that TaylorDash wrote has no bytes of its own: its message is the `payload` inside the record. */
function originalBody(record: JsonObject | undefined): string {
  const payload = record?.payload ?? null;
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}
