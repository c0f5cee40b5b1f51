import type { GridwireError } from './errors.js';

/**
 * The two forms an event has. `GridwireEvent` is what a contract builds and understands; `WireMessage` is what a
 * broker carries: bytes under a topic. Contracts turn one into the other, and nothing else does.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

/** MQTT's delivery levels; Kafka maps them to acks 0, acks all, acks all with an idempotent producer. */
export type Qos = 0 | 1 | 2;

/** The value of one header: text where it is text, else bytes (Spring's numbers); Kafka also has headers without one. */
export type HeaderValue = string | Uint8Array | null;

/** Kafka's record headers, MQTT 5's user properties. A name that was given more than once has its values in their order. */
export type Headers = Record<string, HeaderValue | HeaderValue[]>;

/** What a log is partitioned by: text where it is text, else bytes. */
export type Key = string | Uint8Array;

/** One thing that happened, on its way, as its contract sees it. */
export interface GridwireEvent {
  /** Name of the contract, for example `ecogrid-ems`. */
  contract: string;
  /** Event type within the contract, for example `device-telemetry`. */
  type: string;
  /** The full topic on the wire, prefix included. */
  topic: string;
  /** The values of the topic template's parameters. */
  parameters: Record<string, string>;
  /** The JSON document on the wire, in its system's own form. */
  envelope: JsonObject;
  /** The body on the wire is the payload alone; the envelope holds nothing else. */
  bare?: boolean;
  /** The part of the envelope that the event type's schema describes. */
  payload: Json;
  /** Partition key (Kafka); undefined where the contract names none. */
  key?: string;
  qos: Qos;
  retain: boolean;
  headers: Headers;
  /** When the thing happened, milliseconds since the epoch, if the envelope says. */
  time?: number;
  /** After this moment (milliseconds since the epoch) the event must not be delivered any more. */
  expiresAt?: number;
}

/** What travels: bytes under a topic, with the rules of its delivery. */
export interface WireMessage {
  topic: string;
  body: Uint8Array;
  key?: Key;
  /** It has no value at all, which is not the same as an empty one: in Kafka's log it removes its key. */
  tombstone?: true;
  qos: Qos;
  retain: boolean;
  headers: Headers;
  /** The headers' names as they follow each other, a repeated one as often, where `headers` cannot say it: see header-order.ts. */
  headerOrder?: readonly string[];
  contentType?: string;
  /** Where an answer is expected (MQTT 5). */
  responseTopic?: string;
  /** What the answer has to bring along, so that whoever asked knows it. */
  correlationData?: Uint8Array;
  expiresAt?: number;
  /** For a broker that keeps a log and has to create the topic. */
  log?: LogHint;
}

/** What a contract wants of a topic where it is a log; what the broker's own settings say counts more. */
export interface LogHint {
  /** How long a message is kept, days. */
  retentionDays?: number;
  /** How many partitions the topic should have. */
  partitions?: number;
}

/** A place in a broker's log, and the group that read it there. */
export interface Position {
  partition: number;
  offset: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  group: string;
}

/** What travels of a message, without what its receiver, or the one who sends it, knows of it besides. */
export function wirePart(message: WireMessage): WireMessage {
  const { topic, body, qos, retain, headers, expiresAt } = message;
  return {
    ...{ topic, body, qos, retain, headers },
    ...besides(message),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** What a message may have beside its body and its headers, and keeps wherever it lies: all but its expiry. */
export type Besides = Pick<
  WireMessage,
  'key' | 'tombstone' | 'headerOrder' | 'contentType' | 'responseTopic' | 'correlationData'
>;

/** Those parts alone, without the ones that it does not have. */
export function besides(message: Besides): Besides {
  const { key, tombstone, headerOrder, contentType, responseTopic, correlationData } = message;
  const parts: Besides = {};
  if (headerOrder !== undefined) parts.headerOrder = headerOrder;
  if (key !== undefined) parts.key = key;
  if (tombstone !== undefined) parts.tombstone = tombstone;
  if (contentType !== undefined) parts.contentType = contentType;
  if (responseTopic !== undefined) parts.responseTopic = responseTopic;
  if (correlationData !== undefined) parts.correlationData = correlationData;
  return parts;
}

/** What a message occupies where it is kept, roughly, in bytes. */
export function messageBytes(message: WireMessage): number {
  const { topic, body, key, responseTopic, correlationData } = message;
  let bytes = topic.length + body.byteLength + (key?.length ?? 0) + 64;
  bytes += (responseTopic?.length ?? 0) + (correlationData?.byteLength ?? 0);
  for (const [name, value] of headerEntries(message.headers)) bytes += name.length + (value?.length ?? 0);
  return bytes;
}

/** Every header with each of its values. */
export function headerEntries(headers: Headers): [name: string, value: HeaderValue][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((each): [string, HeaderValue] => [name, each])
      : [[name, value] satisfies [string, HeaderValue]],
  );
}

/** The value of a header that has one; of several the last counts, as for Java's `lastHeader`. */
export function headerValue(headers: Headers, name: string): HeaderValue | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return Array.isArray(value) ? value.at(-1) : value;
}

/** A message as a broker handed it over. */
export interface InboundMessage extends WireMessage {
  /** When this process received it, milliseconds since the epoch. */
  receivedAt: number;
  /** The broker says that it may have delivered this one before. */
  redelivered: boolean;
  /** Where it stands in the broker, if the broker has such a thing. */
  position?: Position;
  /** When it expires, by the clock that does not jump; where that is not said, `expiresAt` counts as it is now. */
  deadline?: number;
  /** Why it could not be made a message: the body has its bytes as they came, and nothing else of it is known. */
  unreadable?: GridwireError;
}
