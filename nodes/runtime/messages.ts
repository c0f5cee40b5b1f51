import { inspect, types } from 'node:util';
import type { NodeMessage } from 'node-red';
import { ownHeaders } from '../../src/brokers/copy-message.js';
import { exactText, ownBytes } from '../../src/bytes.js';
import { jsonText } from '../../src/contracts/json/json-text.js';
import { toJson } from '../../src/contracts/json/json-value.js';
import { type ErrorCode, type FaultClass, GridwireError, toGridwireError } from '../../src/errors.js';
import {
  type GridwireEvent,
  type Headers,
  type InboundMessage,
  type Json,
  type Key,
  type Position,
  type Qos,
  wirePart,
} from '../../src/event.js';
import { NOTHING } from './nothing.js';
import { requestOf } from './request.js';
import { withoutUnsafeHeader } from './unsafe-header.js';

/** The bytes a message came with, so that a dead letter or a retry has them unchanged whatever the flow did. */
export interface OriginalMessage {
  topic: string;
  body: Buffer;
  key?: Key;
  tombstone?: true;
  qos: Qos;
  retain: boolean;
  headers: Headers;
  headerOrder?: readonly string[];
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  /** After this moment (milliseconds since the epoch) it must not be delivered any more. */
  expiresAt?: number;
  position?: Position;
}

/** Why a message was refused, in a form that survives cloning and shows well in the debug sidebar. */
export interface MessageError {
  code: ErrorCode;
  message: string;
  fault: FaultClass;
  details?: Record<string, unknown>;
}

/** What Gridwire's nodes put on, and look for on, Node-RED's messages. */
export interface GridwireMessage extends NodeMessage {
  /** The event the message stands for. */
  event?: GridwireEvent;
  original?: OriginalMessage;
  error?: MessageError | Record<string, unknown>;
  /** What the headers of a dead letter say, on a message that is one. */
  failure?: object;
  /** 1 for the first time; sources count up when the flow failed with the event before. */
  attempt?: number;
  /** The address of the broker that ingest read it from. */
  ingestedFrom?: string;
  /** The step of a trace that made it, as W3C has it; what a publish node sends follows from it. */
  traceparent?: string;
  tracestate?: string;
  /** Where a refused message belongs, if the node that refused it knows. */
  deadLetterTopic?: string;
}

/** The message for an event that came from a broker. */
export function eventMessage(event: GridwireEvent, original: InboundMessage): GridwireMessage {
  return {
    ...{ topic: event.topic, payload: event.payload, original: originalOf(original) },
    event: { ...event, headers: ownHeaders(event.headers) },
    ...requestOf(original),
  };
}

/** The message for bytes that could not be read; the payload is text where it is text. */
export function rejectedMessage(
  given: InboundMessage,
  error: GridwireError,
  deadLetterTopic?: string,
): GridwireMessage {
  const original = withoutUnsafeHeader(given);
  return {
    topic: original.topic,
    payload: readable(original.body),
    error: original.unreadable === undefined ? messageError(error) : unreadableError(error),
    original: originalOf(original),
    ...(deadLetterTopic === undefined ? {} : { deadLetterTopic }),
  };
}

/** So that its letter is not sent again as if it were the message. */
function unreadableError(error: GridwireError): MessageError {
  return { ...messageError(error), details: { ...error.details, unreadable: true } };
}

export function messageError({ code, message, fault, details }: GridwireError): MessageError {
  return { code, message, fault, ...(Object.keys(details).length === 0 ? {} : { details }) };
}

/** Text if the bytes are text, else the bytes. */
export function readable(body: Uint8Array): string | Buffer {
  return exactText(body) ?? Buffer.from(body);
}

/**
 * The bytes of whatever a flow put into `msg.payload`: bytes and text as they are, everything else as JSON.
 * @throws GridwireError `BODY_NOT_JSON` for what JSON cannot write (NaN, a Map, undefined in a list), `BODY_NOT_TEXT` for
 *   text that UTF-8 cannot, `BODY_TOO_DEEP` for deep nesting and cycles, `BODY_UNSAFE_KEY`
 */
export function bodyOf(payload: unknown): Buffer {
  // What a function node makes has classes of its own, so that instanceof says no.
  if (types.isUint8Array(payload)) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (typeof payload !== 'string') return Buffer.from(jsonText(asJson(payload)));
  if (payload.isWellFormed()) return Buffer.from(payload);
  const reason = 'msg.payload has half of a character (a lone surrogate), which UTF-8 cannot write.';
  throw new GridwireError('BODY_NOT_TEXT', reason);
}

function asJson(payload: unknown): Json {
  try {
    return toJson(payload);
  } catch (cause) {
    const { code, message } = toGridwireError(cause);
    throw new GridwireError(
      code === 'SCHEMA_VIOLATION' ? 'BODY_NOT_JSON' : code,
      `msg.payload cannot be written as JSON: ${message}`,
      { cause },
    );
  }
}

/**
 * `msg.topic`; undefined where there is none.
 * @throws GridwireError `TOPIC_ILLEGAL` for what is no text
 */
export function topicOf(message: GridwireMessage): string | undefined {
  const topic: unknown = message.topic;
  if (topic === undefined || topic === null || typeof topic === 'string') return topic ?? undefined;
  throw new GridwireError('TOPIC_ILLEGAL', `msg.topic is ${inspect(topic).slice(0, 80)}; it must be text.`);
}

/**
 * `msg.parameters`: values for a topic's parameters by name; numbers are written as text.
 * @throws GridwireError `SETTING_INVALID` for what is no such object
 */
export function textParameters(message: GridwireMessage): Record<string, string> {
  const given = namedValues(message, 'parameters');
  if (given === NOTHING) return NOTHING;
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const text = parameterText(value, `msg.parameters.${name}`);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/**
 * The value of a topic's parameter; undefined where there is none.
 * @param what its name in the refusal
 * @throws GridwireError `SETTING_INVALID` for what is neither text nor a number
 */
export function parameterText(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  throw new GridwireError(
    'SETTING_INVALID',
    `${what} is ${inspect(value, { depth: 0 }).slice(0, 80)}; it must be text or a number.`,
  );
}

/**
 * A member of a message that holds values by name; none where it is absent.
 * @throws GridwireError `SETTING_INVALID` for what is no object
 */
export function namedValues(message: GridwireMessage, member: string): Record<string, unknown> {
  const given = message[member];
  if (given === undefined || given === null) return NOTHING;
  // What a function node makes has classes of its own, so that instanceof says no.
  if (Object.prototype.toString.call(given) === '[object Object]') return given as Record<string, unknown>;
  const found = inspect(given, { depth: 0 }).slice(0, 80);
  throw new GridwireError(
    'SETTING_INVALID',
    `msg.${member} is ${found}; it must be an object of names and values.`,
  );
}

/** A flow's message in the form in which contracts read what brokers deliver. */
export function inboundMessage(message: GridwireMessage): InboundMessage {
  return {
    topic: topicOf(message) ?? '',
    body: bodyOf(message.payload),
    qos: 0,
    retain: false,
    headers: {},
    receivedAt: Date.now(),
    redelivered: false,
  };
}

/** Also for whoever makes a message of bytes without a contract. */
export function originalOf(message: InboundMessage): OriginalMessage {
  const { body, position, key, correlationData } = message;
  return {
    ...wirePart(message),
    body: Buffer.from(body),
    // The flow may change them, and what is tried again is to have them as they came.
    headers: ownHeaders(message.headers),
    ...(key instanceof Uint8Array ? { key: ownBytes(key) } : {}),
    ...(correlationData === undefined ? {} : { correlationData: ownBytes(correlationData) }),
    ...(position === undefined ? {} : { position }),
  };
}

/** What a message has of the one that a broker delivered, or of what a node made of that. */
const OF_ORIGIN: ReadonlySet<string> = new Set<string>([
  ...(['event', 'original', 'error', 'failure', 'cloudEvent', 'deadLetterTopic', 'ingestedFrom'] as const),
  ...(['key', 'tombstone', 'qos', 'retain', 'headers', 'headerOrder', 'contentType', 'expiresAt'] as const),
  ...(['responseTopic', 'correlationData', 'userProperties', 'messageExpiryInterval'] as const),
]);

/** What another message may take over: none of what would pass for its own key, its own headers and so on. */
export function withoutOrigin(message: GridwireMessage): GridwireMessage {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !OF_ORIGIN.has(name)));
}

/**
 * A new message that a node makes because of another one: it has the other's members, such as its receipt, and nothing by
 * which it would pass for it. A mirror or a dead letter behind the node would keep the other one's bytes under its name.
 */
export function derivedMessage(from: GridwireMessage, made: Partial<GridwireMessage>): GridwireMessage {
  // Of a message that came from no broker, they are what the flow itself asks for.
  const isFlows = from.original === undefined && from.event === undefined;
  return { ...(isFlows ? from : withoutOrigin(from)), ...made };
}
