import type { DeadLetterData } from '../../contracts/contract-data.js';
import { parseJsonBody } from '../../contracts/json/json-body.js';
import { isObject } from '../../contracts/json/json-value.js';
import { formatTime } from '../../contracts/time/timestamp.js';
import {
  type Besides,
  besides,
  type HeaderValue,
  type Json,
  type JsonObject,
  type WireMessage,
} from '../../event.js';
import { type HeaderPair, headerPairs, headersOfPairs } from '../../header-order.js';
import type { Failure } from './failure.js';
import type { FailureRecord } from './headers/failure-headers.js';

/*
 * A dead letter as a JSON document: of systems that have such a form, and of brokers that carry no headers. The members for
 * topic, reason, time and payload are the contract's; those below are Gridwire's, and hold what the others have no place for.
 */
const CODE = 'failure_code';
const ENCODING = 'payload_encoding';
const CONTENT_TYPE = 'payload_content_type';
const HEADERS = 'payload_headers';
const KEY = 'payload_key';
const TOMBSTONE = 'payload_tombstone';
const RESPONSE_TOPIC = 'payload_response_topic';
const CORRELATION_DATA = 'payload_correlation_data';
const INCOMPLETE = 'payload_incomplete';
const EXPIRES_AT = 'payload_expires_at';

const MAX_REASON = 2000;
/** Deeper than any document of a contract. */
const MAX_DEPTH = 128;

/** What a letter holds of the message that failed. */
export type LetteredMessage = Pick<WireMessage, 'body' | 'headers' | 'expiresAt'> & Besides;

/** @param carriesAll nothing else carries what the original has beside its body */
export function recordOf(failure: Failure, rule: DeadLetterData, carriesAll: boolean): JsonObject {
  const names = rule.record;
  const { contentType } = failure;
  return {
    [names.originalTopic]: failure.topic,
    [names.reason]: failure.error.message.slice(0, MAX_REASON).toWellFormed(),
    [CODE]: failure.error.code,
    [names.time]: formatTime(failure.time),
    ...recordedPayload(failure.body, names.payload, rule.form === 'record'),
    ...(contentType === undefined ? {} : { [CONTENT_TYPE]: contentType }),
    ...(failure.incomplete === undefined ? {} : { [INCOMPLETE]: true }),
    ...(carriesAll ? recordedParts(failure) : {}),
  };
}

function recordedParts(failure: Failure): JsonObject {
  const { headers, key, tombstone, responseTopic, correlationData, expiresAt } = failure;
  return {
    ...(Object.keys(headers).length > 0 ? { [HEADERS]: recordedHeaders(failure) } : {}),
    ...(key === undefined ? {} : { [KEY]: recordedValue(key) }),
    ...(tombstone === undefined ? {} : { [TOMBSTONE]: true }),
    ...(responseTopic === undefined ? {} : { [RESPONSE_TOPIC]: responseTopic }),
    ...(correlationData === undefined ? {} : { [CORRELATION_DATA]: recordedValue(correlationData) }),
    ...(expiresAt === undefined ? {} : { [EXPIRES_AT]: expiresAt }),
  };
}

/**
 * Text as text, bytes as base64, and what is given more than once as a list; a list of names and values where an object
 * would not have their order, or a name that no reader of JSON takes.
 */
function recordedHeaders(failure: Failure): Json {
  const { headers, headerOrder } = failure;
  if (headerOrder !== undefined || Object.hasOwn(headers, '__proto__'))
    return headerPairs(failure).map(([name, value]) => [name, recordedValue(value)]);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(recordedValue) : recordedValue(value),
    ]),
  );
}

function recordedValue(value: HeaderValue): Json {
  return value === null || typeof value === 'string'
    ? value
    : { base64: Buffer.from(value).toString('base64') };
}

/**
 * The original inside a record, from which its exact bytes can be had again: text as text, other bytes as base64, and
 * where the system's record form wants it, a JSON object as an object, however it is spaced; its text stands beside it
 * where writing it again would give other bytes.
 */
function recordedPayload(body: Uint8Array, member: string, asObject: boolean): Record<string, Json> {
  const text = utf8(body);
  if (text === undefined) {
    return { [member]: Buffer.from(body).toString('base64'), [ENCODING]: 'base64' };
  }
  const object = asObject ? plainObject(text) : undefined;
  if (object === undefined) return { [member]: text };
  return {
    [member]: object,
    ...(JSON.stringify(object) === text ? {} : { [originalMember(member)]: text }),
  };
}

/** The original bytes of a record made by `recordOf`. */
export function originalBody(document: JsonObject, rule: DeadLetterData): Buffer {
  const asItCame = document[originalMember(rule.record.payload)];
  const payload = (typeof asItCame === 'string' ? asItCame : document[rule.record.payload]) ?? '';
  if (typeof payload !== 'string') return Buffer.from(JSON.stringify(payload));
  return Buffer.from(payload, document[ENCODING] === 'base64' ? 'base64' : 'utf8');
}

/** The letter that a body is by the rule of a contract; undefined for any other body. */
export function readRecord(
  body: Uint8Array,
  rule: DeadLetterData,
): { failure: FailureRecord; message: LetteredMessage } | undefined {
  const text = utf8(body);
  // One level more than the payload in it.
  const document = text === undefined ? undefined : plainObject(text, MAX_DEPTH + 1);
  if (document === undefined) return undefined;
  const { originalTopic, reason: reasonMember, time, payload } = rule.record;
  const [topic, reason, failedAt] = [originalTopic, reasonMember, time].map((name) => document[name]);
  const isRecord = typeof topic === 'string' && topic !== '' && typeof reason === 'string';
  if (!isRecord || typeof failedAt !== 'string' || document[payload] === undefined) return undefined;
  const code = document[CODE];
  return {
    failure: {
      ...{ topic, reason, failedAt },
      ...(typeof code === 'string' ? { code } : {}),
      ...(document[INCOMPLETE] === true ? { incomplete: true } : {}),
    },
    message: { body: originalBody(document, rule), ...partsOf(document) },
  };
}

function partsOf(document: JsonObject): Omit<LetteredMessage, 'body'> {
  const text = (name: string): string | undefined => {
    const value = document[name];
    return typeof value === 'string' ? value : undefined;
  };
  const key = valueOf(document[KEY]) ?? undefined;
  const correlationData = valueOf(document[CORRELATION_DATA]) ?? undefined;
  const [contentType, responseTopic] = [text(CONTENT_TYPE), text(RESPONSE_TOPIC)];
  const expiresAt = document[EXPIRES_AT];
  return {
    ...headersOf(document[HEADERS]),
    ...besides({
      ...(key === undefined ? {} : { key }),
      ...(document[TOMBSTONE] === true ? { tombstone: true } : {}),
      ...(contentType === undefined ? {} : { contentType }),
      ...(responseTopic === undefined ? {} : { responseTopic }),
      ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData as string) }),
    }),
    ...(isMoment(expiresAt) ? { expiresAt } : {}),
  };
}

function headersOf(recorded: Json | undefined): Pick<LetteredMessage, 'headers' | 'headerOrder'> {
  const named = isObject(recorded)
    ? Object.entries(recorded).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((each): [Json | undefined, Json] => [name, each]),
      )
    : (Array.isArray(recorded) ? recorded : []).map((pair): [Json | undefined, Json | undefined] =>
        Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined],
      );
  return headersOfPairs(
    named.flatMap(([name, written]): HeaderPair[] => {
      const value = valueOf(written);
      return typeof name === 'string' && value !== undefined ? [[name, value]] : [];
    }),
  );
}

/** Milliseconds since the epoch that a date can name. */
function isMoment(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0 && Number.isInteger(new Date(value).getTime());
}

/** Undefined for what no header or key is written as. */
function valueOf(recorded: Json | undefined): HeaderValue | undefined {
  if (recorded === null || typeof recorded === 'string') return recorded;
  const bytes = isObject(recorded) ? recorded['base64'] : undefined;
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : undefined;
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
