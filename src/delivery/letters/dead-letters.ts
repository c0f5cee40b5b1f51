import type { DeadLetterData } from '../../contracts/contract-data.js';
import { parseJsonBody } from '../../contracts/json/json-body.js';
import { isObject } from '../../contracts/json/json-value.js';
import { formatTime } from '../../contracts/time/timestamp.js';
import type { GridwireError } from '../../errors.js';
import type { Headers, HeaderValue, Json, JsonObject, Key, WireMessage } from '../../event.js';
import { failureHeaders } from './headers/dialects.js';
import type { DialectName, FailureRecord } from './headers/failure-headers.js';

/** What is known of a message that could not be processed. */
export interface Failure {
  /** The topic it came on, or was meant for. */
  topic: string;
  /** The original bytes. */
  body: Uint8Array;
  headers: Headers;
  headerOrder?: readonly string[];
  key?: Key;
  tombstone?: true;
  contentType?: string;
  error: Pick<GridwireError, 'code' | 'message' | 'fault'>;
  /** When it failed, milliseconds since the epoch. */
  time: number;
  /** Where it was, if it came from Kafka. */
  place?: Pick<FailureRecord, 'partition' | 'offset' | 'timestamp' | 'consumerGroup'>;
}

const MAX_REASON = 2000;
const JSON_TYPE = 'application/json';
/** The member of a record that says of which type the original was. */
const CONTENT_TYPE = 'payload_content_type';
/** Deeper than any document of a contract. */
const MAX_DEPTH = 128;

/**
 * The dead letter for a failure by the contract's rule. With form `original` the body is the original bytes and the
 * reason is in headers; where the broker carries no headers, or with form `record`, the body is a JSON record. The
 * original's own headers go on as headers, or stand in the record where there are none.
 * @param topic the dead-letter topic
 * @param dialect how the headers are written; undefined if the broker that takes the letter carries none
 */
export function deadLetter(
  failure: Failure,
  rule: DeadLetterData,
  topic: string,
  dialect: DialectName | undefined,
): WireMessage {
  const headers = dialect === undefined ? undefined : failureHeaders(recordOf(failure), dialect);
  const base = {
    topic,
    qos: rule.qos,
    retain: false,
    ...(failure.key === undefined ? {} : { key: failure.key }),
  };
  if (rule.form === 'original' && headers !== undefined) {
    return {
      ...base,
      ...carriedBy(failure),
      body: failure.body,
      headers: { ...failure.headers, ...headers },
    };
  }
  const document = record(failure, rule, headers === undefined);
  return {
    ...base,
    body: Buffer.from(JSON.stringify(document)),
    headers: headers === undefined ? {} : { ...failure.headers, ...headers },
    ...(headers === undefined || failure.headerOrder === undefined
      ? {}
      : { headerOrder: failure.headerOrder }),
    contentType: JSON_TYPE,
  };
}

/** What a letter, and the store, have of the message beside its body and headers. */
export function carriedBy({
  key,
  tombstone,
  contentType,
  headerOrder,
}: Failure): Pick<WireMessage, 'key' | 'tombstone' | 'contentType' | 'headerOrder'> {
  return {
    ...(key === undefined ? {} : { key }),
    ...(tombstone === undefined ? {} : { tombstone }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(headerOrder === undefined ? {} : { headerOrder }),
  };
}

function recordOf({ topic, error, time, place }: Failure): FailureRecord {
  return {
    ...place,
    topic,
    code: error.code,
    reason: error.message,
    fault: error.fault,
    failedAt: formatTime(time),
  };
}

/** @param withHeaders nothing else carries the original's headers */
function record(failure: Failure, rule: DeadLetterData, withHeaders: boolean): JsonObject {
  const names = rule.record;
  const { headers, contentType } = failure;
  return {
    [names.originalTopic]: failure.topic,
    [names.reason]: failure.error.message.slice(0, MAX_REASON),
    failure_code: failure.error.code,
    [names.time]: formatTime(failure.time),
    ...recordedPayload(failure.body, names.payload, rule.form === 'record'),
    ...(contentType === undefined ? {} : { [CONTENT_TYPE]: contentType }),
    ...(withHeaders && Object.keys(headers).length > 0 ? { payload_headers: recordedHeaders(headers) } : {}),
  };
}

/** Text as text, bytes as base64, and what is given more than once as a list. */
function recordedHeaders(headers: Headers): JsonObject {
  const recorded = (value: HeaderValue): Json =>
    value === null || typeof value === 'string' ? value : { base64: Buffer.from(value).toString('base64') };
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(recorded) : recorded(value),
    ]),
  );
}

/**
 * The original inside a record, from which its exact bytes can be had again: text as text, other bytes as base64, and
 * where the system's record form wants it, a JSON object as an object, however it is spaced; its text stands beside it
 * where writing it again would give other bytes.
 */
function recordedPayload(body: Uint8Array, member: string, asObject: boolean): Record<string, Json> {
  const text = utf8(body);
  if (text === undefined) {
    return { [member]: Buffer.from(body).toString('base64'), payload_encoding: 'base64' };
  }
  const object = asObject ? plainObject(text) : undefined;
  if (object === undefined) return { [member]: text };
  return {
    [member]: object,
    ...(JSON.stringify(object) === text ? {} : { [originalMember(member)]: text }),
  };
}

/** The original bytes of a record made by `deadLetter`. */
export function originalBody(document: JsonObject, rule: DeadLetterData): Buffer {
  const asItCame = document[originalMember(rule.record.payload)];
  const payload = (typeof asItCame === 'string' ? asItCame : document[rule.record.payload]) ?? '';
  if (typeof payload !== 'string') return Buffer.from(JSON.stringify(payload));
  return Buffer.from(payload, document['payload_encoding'] === 'base64' ? 'base64' : 'utf8');
}

/**
 * The original in a letter that is a record, by the rule of the contract; undefined for any other body.
 * @param topic the original topic, as the letter's headers say it
 */
export function recordedOriginal(
  letter: Uint8Array,
  topic: string,
  rule: DeadLetterData,
): Pick<WireMessage, 'body' | 'contentType'> | undefined {
  if (rule.form !== 'record') return undefined;
  const text = utf8(letter);
  // One level more than the payload in it.
  const document = text === undefined ? undefined : plainObject(text, MAX_DEPTH + 1);
  if (document?.[rule.record.originalTopic] !== topic || document[rule.record.payload] === undefined)
    return undefined;
  const contentType = document[CONTENT_TYPE];
  return { body: originalBody(document, rule), ...(typeof contentType === 'string' ? { contentType } : {}) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function originalMember(member: string): string {
  return `${member}_original`;
}

/** Undefined for what is no object, and for one that would not be the same when it is read: keys twice, huge numbers. */
function plainObject(text: string, maxDepth = MAX_DEPTH): JsonObject | undefined {
  try {
    const value = parseJsonBody(Buffer.from(text), { maxBytes: Infinity, maxDepth });
    return isObject(value) && !hasInexactNumber(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a number is written with more digits than a reader keeps. */
function hasInexactNumber(text: string): boolean {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"')) continue;
    const value = Number(token);
    const digits = token
      .replace(/[eE].*$/, '')
      .replace(/\D/g, '')
      .replace(/^0+/, '').length;
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)) || digits > 17)
      return true;
  }
  return false;
}
