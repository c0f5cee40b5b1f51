import { isUtf8 } from 'node:buffer';
import { newUuid } from '../../uuid.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import { headerEntries, headerValue } from '../../event.js';
import type { GridwireEvent, Headers, InboundMessage, Json, JsonObject, WireMessage } from '../../event.js';
import type { Contract } from '../contract.js';
import { type BodyLimits, DEFAULT_BODY_LIMITS, parseJsonBody } from '../json/json-body.js';
import { jsonText } from '../json/json-text.js';
import { isObject } from '../json/json-value.js';
import { firstText } from '../json/pointer.js';
import { formatTime, parseTime } from '../time/timestamp.js';

/** `binary` puts the attributes into headers and leaves the body as it is; `structured` puts all into one document. */
export type CloudEventMode = 'binary' | 'structured';

/** What carries the event: it decides how headers are named. MQTT 3.1.1 has none, so there all is structured. */
export type CloudEventCarrier = 'kafka' | 'mqtt-5' | 'mqtt-3.1.1';

/** CloudEvents 1.0 context attributes, extensions among them; all values as text. */
export type CloudEventAttributes = Record<string, string>;

export interface CloudEvent {
  attributes: CloudEventAttributes;
  /** The bytes of `data`. */
  data: Uint8Array;
}

const STRUCTURED = 'application/cloudevents+json';
const REQUIRED = ['specversion', 'id', 'source', 'type'];

/**
 * A contract's event as a CloudEvent: the system's own document is the data, so that nothing of it is lost on the way.
 * @param extensions further attributes, such as those of its trace
 */
export function toCloudEvent(
  contract: Contract,
  event: GridwireEvent,
  mode: CloudEventMode,
  carrier: CloudEventCarrier,
  extensions: CloudEventAttributes = {},
): WireMessage {
  const wire = contract.serialise(event);
  const attributes = { ...attributesOf(contract, event), ...extensions };
  if (mode === 'structured' || carrier === 'mqtt-3.1.1') {
    const document = { ...attributes, data: contract.type(event.type).bodyOf(event.envelope) };
    return {
      ...wire,
      body: Buffer.from(jsonText(document)),
      contentType: STRUCTURED,
      headers: carrier === 'kafka' ? { ...wire.headers, 'content-type': STRUCTURED } : wire.headers,
    };
  }
  const { datacontenttype = 'application/json', ...context } = attributes;
  const prefix = carrier === 'kafka' ? 'ce_' : '';
  const named = Object.entries(context).map(([name, value]) => [`${prefix}${name}`, value]);
  return {
    ...wire,
    contentType: datacontenttype,
    headers: {
      ...wire.headers,
      ...(Object.fromEntries(named) as Headers),
      ...(carrier === 'kafka' ? { 'content-type': datacontenttype } : {}),
    },
  };
}

/**
 * Takes a CloudEvent apart, whichever form it came in.
 * @returns undefined for a message that is none
 * @throws GridwireError `SCHEMA_VIOLATION` for a CloudEvent that lacks a required attribute or has an illegal one, any
 *   `BODY_…`, `NOT_SUPPORTED` for batches
 */
export function fromCloudEvent(
  message: InboundMessage,
  limits: BodyLimits = DEFAULT_BODY_LIMITS,
): CloudEvent | undefined {
  const written = message.contentType ?? text(headerValue(message.headers, 'content-type')) ?? '';
  const contentType = written.toLowerCase();
  if (contentType.startsWith('application/cloudevents-batch')) {
    throw new GridwireError(
      'NOT_SUPPORTED',
      'Batches of CloudEvents are not supported; send events one by one.',
    );
  }
  const format = /^application\/cloudevents\+(?!json\s*(;|$))[^;\s]*/.exec(contentType)?.[0];
  if (format !== undefined) {
    throw new GridwireError(
      'NOT_SUPPORTED',
      `A CloudEvent written as ${format.slice(0, 80)} is not supported; send it as ${STRUCTURED}, or in binary form.`,
    );
  }
  if (contentType.startsWith('application/cloudevents'))
    return structured(parseJsonBody(message.body, limits));
  const binary = binaryAttributes(message.headers);
  if (binary !== undefined) {
    if (written !== '') binary['datacontenttype'] = agreed(binary['datacontenttype'] ?? written, written);
    return { attributes: checked(binary), data: message.body };
  }
  // MQTT 3.1.1 has neither headers nor a content type, and others say JSON alone: the document itself must tell.
  if (contentType !== '' && !isJsonType(contentType)) return undefined;
  const document = documentWithVersion(message.body, limits);
  return document === undefined ? undefined : structured(document);
}

/** The message inside a CloudEvent, for the contract to read; a message that is no CloudEvent as it is. */
export function unwrapCloudEvent(
  message: InboundMessage,
  limits: BodyLimits = DEFAULT_BODY_LIMITS,
): InboundMessage {
  const cloudEvent = fromCloudEvent(message, limits);
  return cloudEvent === undefined ? message : messageInside(message, cloudEvent);
}

/** What a CloudEvent carried: the message it came as, with the event's data for a body. */
export function messageInside(message: InboundMessage, { attributes, data }: CloudEvent): InboundMessage {
  const { contentType: _outer, ...rest } = message;
  const contentType = attributes['datacontenttype'];
  return { ...rest, body: data, ...(contentType === undefined ? {} : { contentType }) };
}

function attributesOf(contract: Contract, event: GridwireEvent): CloudEventAttributes {
  const type = contract.type(event.type);
  const { idPointer, correlationPointer } = type.envelope;
  const id = idPointer === undefined ? undefined : firstText(event.envelope, [idPointer]);
  const correlation =
    correlationPointer === undefined ? undefined : firstText(event.envelope, [correlationPointer]);
  return {
    specversion: '1.0',
    id: id ?? newUuid(),
    source: `/${contract.name}`,
    type: `${contract.name}.${event.type}`,
    subject: event.topic,
    datacontenttype: 'application/json',
    // Of an event that names no time, when it is sent, as CloudEvents allows: its own JavaScript SDK reads none without.
    time: formatTime(event.time ?? Date.now()),
    ...(event.key === undefined ? {} : { partitionkey: event.key }),
    ...(correlation === undefined ? {} : { correlationid: correlation }),
    ...(event.expiresAt === undefined ? {} : { expirytime: formatTime(event.expiresAt) }),
  };
}

function structured(value: unknown): CloudEvent {
  if (!isObject(value as JsonObject)) throw refusal('the document', 'an object', 'something else');
  const { data: _data, data_base64: _base64, ...context } = value as JsonObject;
  const attributes: CloudEventAttributes = {};
  for (const [name, attribute] of Object.entries(context)) {
    if (attribute === null) continue;
    if (typeof attribute === 'object')
      throw refusal(name, 'a text, number or truth value', 'an object or array');
    // As it is written: 0 and -0 are two texts.
    attributes[name] = typeof attribute === 'string' ? attribute : jsonText(attribute);
  }
  return { attributes: checked(attributes), data: bytesOf(value as JsonObject) };
}

/** The data of a structured event. A text under a type that is not JSON is that text, and not JSON's way to quote it. */
function bytesOf({ data, data_base64: base64, datacontenttype = null }: JsonObject): Uint8Array {
  if (base64 !== undefined && base64 !== null) {
    if (data !== undefined) throw refusal('data', 'absent where there is data_base64', 'both');
    if (typeof base64 !== 'string' || !isBase64(base64))
      throw refusal('data_base64', 'base64', 'something else');
    return Buffer.from(base64, 'base64');
  }
  if (data === undefined) return new Uint8Array();
  const isText = typeof datacontenttype === 'string' && !isJsonType(datacontenttype);
  return Buffer.from(isText && typeof data === 'string' ? data : jsonText(data));
}

/** Node reads whatever it can and leaves the rest out. */
function isBase64(written: string): boolean {
  return (
    Buffer.from(written, 'base64').toString('base64').replaceAll('=', '') ===
    written.replaceAll(/[=\r\n]/g, '')
  );
}

/** The attributes in headers: `ce_…` on Kafka, by their own names on MQTT 5. */
function binaryAttributes(headers: Headers): CloudEventAttributes | undefined {
  const onKafka = headers['ce_specversion'] !== undefined;
  if (!onKafka && headers['specversion'] === undefined) return undefined;
  const attributes: CloudEventAttributes = {};
  for (const [header, value] of headerEntries(headers)) {
    if (onKafka && !header.startsWith('ce_')) continue;
    const name = onKafka ? header.slice(3) : header;
    // On MQTT 5 other user properties stand beside the attributes; those that cannot be one are not.
    if (!ATTRIBUTE_NAME.test(name)) {
      if (onKafka) throw illegalName(name);
      continue;
    }
    const written = text(value);
    if (written === undefined) continue;
    // Which of two was meant, nobody can say.
    if (Object.hasOwn(attributes, name)) throw refusal(name, 'given once', 'several values');
    attributes[name] = written;
  }
  return attributes;
}

const ATTRIBUTE_NAME = /^[a-z0-9]+$/;

function checked(attributes: CloudEventAttributes): CloudEventAttributes {
  for (const name of REQUIRED) {
    if ((attributes[name] ?? '') === '') throw refusal(name, 'a text that is not empty', 'nothing');
  }
  if (attributes['specversion'] !== '1.0')
    throw refusal('specversion', '"1.0"', attributes['specversion'] ?? '');
  // By the reader of all other times; CloudEvents wants a zone, and without one UTC is meant.
  if (attributes['time'] !== undefined) parseTime(attributes['time'], 'UTC');
  const illegal = Object.keys(attributes).find((name) => !ATTRIBUTE_NAME.test(name));
  if (illegal !== undefined) throw illegalName(illegal);
  return attributes;
}

function illegalName(name: string): GridwireError {
  return refusal(name, 'a name of lower-case letters and digits', name);
}

/** In binary form the broker's content type is the data's: of two that differ nobody can say which is meant. */
function agreed(attribute: string, contentType: string): string {
  if (plainType(attribute) === plainType(contentType)) return contentType;
  throw refusal('datacontenttype', `the content type of the message, ${contentType}`, attribute);
}

/** Capitals of the type, and blanks around its parameters, make no difference. */
function plainType(contentType: string): string {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  return [type.toLowerCase(), ...parameters].join(';');
}

/** A JSON object with a member `specversion` of its own, wherever it stands; what is below it is somebody's data. */
function documentWithVersion(body: Uint8Array, limits: BodyLimits): JsonObject | undefined {
  // A quick no for nearly all messages. Letters may be written as escapes.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes('specversion') && !bytes.includes('\\u')) return undefined;
  try {
    const document = parseJsonBody(body, limits);
    return hasVersion(document) ? document : undefined;
  } catch (thrown) {
    // An event that reading would change is one all the same, and is not passed on as if it were none.
    if (CHANGED.has(toGridwireError(thrown).code) && hasVersion(plainlyRead(bytes))) throw thrown;
    // Not JSON, or none that is read: whoever reads the message says what is wrong with it.
    return undefined;
  }
}

/** Refusals of what is JSON, and would be another document once it is read. */
const CHANGED: ReadonlySet<string> = new Set(['NUMBER_INEXACT', 'BODY_DUPLICATE_KEY']);

/** As a careless reader has it; null for what is no JSON. */
function plainlyRead(body: Buffer): Json {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return null;
  }
}

function hasVersion(document: Json): document is JsonObject {
  return isObject(document) && typeof document['specversion'] === 'string';
}

/** Whether an event's data is a document in JSON, as it is where nothing is said; any other is a text, or bytes. */
export function isJsonData({ datacontenttype }: CloudEventAttributes): boolean {
  return datacontenttype === undefined || isJsonType(datacontenttype);
}

/** `application/json` and every type that is written as JSON. */
function isJsonType(contentType: string): boolean {
  return /^[^;\s]+[/+]json\s*(;|$)/i.test(contentType.trim());
}

/** @throws GridwireError `SCHEMA_VIOLATION` for bytes that are no text, as every attribute is */
function text(value: string | Uint8Array | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isUtf8(value)) return Buffer.from(value).toString('utf8');
  throw refusal('a header', 'text in UTF-8', 'other bytes');
}

function refusal(attribute: string, expected: string, found: string): GridwireError {
  const violation = { path: `/${attribute}`, rule: 'cloudevents', expected, found: found.slice(0, 80) };
  return new GridwireError(
    'SCHEMA_VIOLATION',
    `Not a valid CloudEvent: ${attribute} must be ${expected}, found ${found.slice(0, 80)}.`,
    { details: { violations: [violation] } },
  );
}
