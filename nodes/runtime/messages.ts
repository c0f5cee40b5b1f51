import type { NodeMessage } from 'node-red';
import { type ErrorCode, type FaultClass, GridwireError } from '../../src/errors.js';
import type { GridwireEvent, Headers, InboundMessage, Key, Position, Qos } from '../../src/event.js';

/** The bytes a message came with, so that a dead letter or a retry has them unchanged whatever the flow did. */
export interface OriginalMessage {
  topic: string;
  body: Buffer;
  key?: Key;
  tombstone?: true;
  qos: Qos;
  retain: boolean;
  headers: Headers;
  contentType?: string;
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
  /** Where a refused message belongs, if the node that refused it knows. */
  deadLetterTopic?: string;
}

/** The message for an event that came from a broker. */
export function eventMessage(event: GridwireEvent, original: InboundMessage): GridwireMessage {
  return { topic: event.topic, payload: event.payload, event, original: originalOf(original) };
}

/** The message for bytes that could not be read; the payload is text where it is text. */
export function rejectedMessage(
  original: InboundMessage,
  error: GridwireError,
  deadLetterTopic?: string,
): GridwireMessage {
  return {
    topic: original.topic,
    payload: readable(original.body),
    error: messageError(error),
    original: originalOf(original),
    ...(deadLetterTopic === undefined ? {} : { deadLetterTopic }),
  };
}

export function messageError({ code, message, fault, details }: GridwireError): MessageError {
  return { code, message, fault, ...(Object.keys(details).length === 0 ? {} : { details }) };
}

/** Text if the bytes are text, else the bytes. */
export function readable(body: Uint8Array): string | Buffer {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return Buffer.from(body);
  }
}

/**
 * The bytes of whatever a flow put into `msg.payload`: bytes and text as they are, everything else as JSON.
 * @throws GridwireError `BODY_NOT_JSON` for what JSON cannot write (circular, BigInt, undefined, NaN, Infinity)
 */
export function bodyOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array) return Buffer.from(payload);
  if (typeof payload === 'string') return Buffer.from(payload);
  return Buffer.from(jsonText(payload));
}

function jsonText(payload: unknown): string {
  try {
    // The types hide that undefined, functions and symbols have no text.
    const text = JSON.stringify(payload) as string | undefined;
    if (text?.includes('null') === true) JSON.stringify(payload, assertFinite);
    if (text !== undefined) return text;
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    const reason = 'msg.payload cannot be written as JSON (it is circular or holds a BigInt).';
    throw new GridwireError('BODY_NOT_JSON', reason, { cause });
  }
  throw new GridwireError(
    'BODY_NOT_JSON',
    `msg.payload is ${typeof payload}, which cannot be written as JSON.`,
  );
}

/** JSON has no form for these numbers and would write null for them, which is another value. */
function assertFinite(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  const where = name === '' ? 'msg.payload' : `"${name}" in msg.payload`;
  throw new GridwireError('BODY_NOT_JSON', `${where} is ${value}, which JSON cannot write.`);
}

/** `msg.parameters`: values for a topic's parameters by name. */
export function textParameters(message: GridwireMessage): Record<string, string> {
  const given = message['parameters'];
  if (given === null || typeof given !== 'object') return {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
}

/** A flow's message in the form in which contracts read what brokers deliver. */
export function inboundMessage(message: GridwireMessage): InboundMessage {
  return {
    topic: message.topic ?? '',
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
  const { topic, body, key, tombstone, qos, retain, headers, contentType, expiresAt, position } = message;
  return {
    ...{ topic, body: Buffer.from(body), qos, retain, headers },
    ...(key === undefined ? {} : { key }),
    ...(tombstone === undefined ? {} : { tombstone }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(position === undefined ? {} : { position }),
  };
}
