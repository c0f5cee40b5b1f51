import { types } from 'node:util';
import { BOUNDS } from '../../src/bounds.js';
import type { GridwireEvent } from '../../src/event.js';
import type { GridwireMessage, OriginalMessage } from './messages.js';

/*
 * A flow may have members of its own under the names of Gridwire's, and may have sent a message through a file or a
 * database that made something else of its bytes. Only what is whole counts: each part is of its own form, or not there.
 */

type Form = (value: unknown) => boolean;

const isText: Form = (value) => typeof value === 'string';
const isBytes: Form = (value) => types.isUint8Array(value);
const isTextOrBytes: Form = (value) => isText(value) || isBytes(value);
const isMoment: Form = (value) => typeof value === 'number' && Number.isFinite(value);
const isHeader: Form = (value) => value === null || isTextOrBytes(value);
const isQos: Form = (value) => value === 0 || value === 1 || value === 2;
const isFlag: Form = (value) => typeof value === 'boolean';
/** A list of a flow may name a length that nobody can walk along. */
const isListOf =
  (isOf: Form): Form =>
  (value) =>
    Array.isArray(value) && value.length <= BOUNDS.headers && value.every(isOf);
const isHeaderList = isListOf(isHeader);
const isHeaders: Form = (value) =>
  isRecord(value) &&
  !isBytes(value) &&
  Object.values(value).every((each) => isHeader(each) || isHeaderList(each));

const EVENT_PARTS: Readonly<Record<string, Form>> = {
  key: isTextOrBytes,
  qos: isQos,
  retain: isFlag,
  expiresAt: isMoment,
  time: isMoment,
};

const ORIGINAL_PARTS: Readonly<Record<string, Form>> = {
  key: isTextOrBytes,
  tombstone: (value) => value === true,
  qos: isQos,
  retain: isFlag,
  headerOrder: isListOf(isText),
  contentType: isText,
  responseTopic: isText,
  correlationData: isBytes,
  expiresAt: isMoment,
  position: isPosition,
};

/** The message as it came from a broker; undefined where none did. */
export function originalIn(message: GridwireMessage): OriginalMessage | undefined {
  const original: unknown = message.original;
  if (!isRecord(original)) return undefined;
  const { topic, body, headers } = original;
  const isWhole = isText(topic) && isBytes(body) && isHeaders(headers) && hasForm(original, ORIGINAL_PARTS);
  return isWhole ? (original as unknown as OriginalMessage) : undefined;
}

/** The event that a message stands for; undefined where it is none. */
export function eventIn(message: GridwireMessage): GridwireEvent | undefined {
  const event: unknown = message.event;
  if (!isRecord(event)) return undefined;
  const { contract, type, topic, envelope, headers } = event;
  const isNamed = [contract, type, topic].every(isText);
  const isWhole = isNamed && isRecord(envelope) && isHeaders(headers) && hasForm(event, EVENT_PARTS);
  return isWhole ? (event as unknown as GridwireEvent) : undefined;
}

function hasForm(given: Record<string, unknown>, parts: Readonly<Record<string, Form>>): boolean {
  return Object.entries(parts).every(([name, isOf]) => given[name] === undefined || isOf(given[name]));
}

function isPosition(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { partition, offset, timestamp, group } = value;
  const isOffset = isText(offset) && /^-?\d{1,20}$/.test(offset as string);
  return Number.isSafeInteger(partition) && isOffset && isMoment(timestamp) && isText(group);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
