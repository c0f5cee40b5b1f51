import { hash } from 'node:crypto';
import type { WireMessage } from '../event.js';
import { headerPairs } from '../header-order.js';
import { PassingMap } from '../passing-map.js';

/** Topics remembered for one subscriber; the oldest give way, and their values may be processed once more. */
const TOPICS = 50_000;
/** Subscribers remembered in this process. */
const SUBSCRIBERS = 10_000;
/**
 * Bodies up to this length are remembered as they are, as long as all of them take no more than that. Of all others the
 * digest is remembered.
 */
const WHOLE = { one: 1_024, all: 16 * 1024 * 1024 };

const memories = new Map<string, RetainedMemory>();

/**
 * The last message of each topic that one subscriber has finished with. A broker sends a retained value again to
 * whoever subscribes again, as every deploy does; with this the value is known for what it is. It lives as long as the
 * process: after a restart all values are new once.
 */
export class RetainedMemory {
  readonly #last = new PassingMap<string, Known>();
  #length = 0;

  /** Whether this very value was the last one of its topic. */
  knows(message: WireMessage): boolean {
    const { topic, body } = message;
    const last = this.#last.get(topic);
    if (last === undefined) return false;
    const isSame =
      typeof last.body === 'string' ? last.body === digestOf(body) : Buffer.compare(last.body, body) === 0;
    return isSame && last.rest === restOf(message);
  }

  /** @param message whose body has memory of its own, and is changed by nobody */
  finished(message: WireMessage): void {
    const { topic, body } = message;
    this.#length -= lengthOf(this.#last.get(topic));
    const { byteLength } = body;
    const isSmall = byteLength <= WHOLE.one && this.#length + byteLength <= WHOLE.all;
    const known = { body: isSmall ? body : digestOf(body), rest: restOf(message) };
    this.#last.renew(topic, known);
    this.#length += lengthOf(known);
    const { oldest } = this.#last;
    if (this.#last.size <= TOPICS || oldest === undefined) return;
    this.#length -= lengthOf(this.#last.get(oldest));
    this.#last.delete(oldest);
  }
}

/** A body or, as text, its digest, and a digest of what a message carries beside it. */
interface Known {
  body: Uint8Array | string;
  rest: string;
}

function lengthOf(known: Known | undefined): number {
  return known === undefined ? 0 : known.body.length + known.rest.length;
}

/**
 * The memory of a subscriber, across the objects that a deploy makes anew.
 * @param place the broker and the session, and the filter; parts that are told apart whatever is in them
 */
export function memoryOf(...place: readonly string[]): RetainedMemory {
  const name = JSON.stringify(place);
  const memory = memories.get(name) ?? new RetainedMemory();
  memories.delete(name);
  memories.set(name, memory);
  if (memories.size > SUBSCRIBERS) {
    const [oldest] = memories.keys();
    if (oldest !== undefined) memories.delete(oldest);
  }
  return memory;
}

/** Nobody is to come back to it. */
export function forgetMemory(...place: readonly string[]): void {
  memories.delete(JSON.stringify(place));
}

/** Empty for most, which carry nothing else. Not the expiry, which is counted anew at each delivery. */
function restOf(message: WireMessage): string {
  if (isBare(message)) return '';
  const { key, contentType, tombstone, responseTopic, correlationData } = message;
  const pairs = headerPairs(message).map(([name, value]) => [name, value === null ? null : textOf(value)]);
  const rest = [
    pairs,
    ...[key, correlationData].map((part) => (part === undefined ? null : textOf(part))),
    ...[contentType ?? null, tombstone ?? null, responseTopic ?? null],
  ];
  return hash('sha1', JSON.stringify(rest), 'base64');
}

/** Told apart first, and without an object, since nearly all are. */
function isBare({
  headers,
  key,
  contentType,
  tombstone,
  responseTopic,
  correlationData,
}: WireMessage): boolean {
  const isNone = key === undefined && contentType === undefined && tombstone === undefined;
  if (!isNone || responseTopic !== undefined || correlationData !== undefined) return false;
  for (const _name in headers) return false;
  return true;
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? `text ${value}` : `bytes ${wholeOf(value)}`;
}

function digestOf(body: Uint8Array): string {
  return hash('sha1', body, 'base64');
}

/** The bytes as a text of as many characters. */
function wholeOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}
