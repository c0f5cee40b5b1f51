import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { type HeaderPair, headerPairs, headersOfPairs } from '../../src/header-order.js';
import { assertTopic } from '../../src/brokers/topic-filter.js';

/** A message as JSON, to the byte: bodies, and whatever is no text, in base64. */
export function messageToJson(message: WireMessage): Record<string, unknown> {
  const { topic, body, key, qos, retain, contentType, expiresAt, tombstone } = message;
  const { responseTopic, correlationData } = message;
  return {
    topic,
    body: base64(body),
    qos,
    retain,
    headers: headerPairs(message).map(([name, value]) => ({
      name,
      ...(value === null || typeof value === 'string' ? { value } : { base64: base64(value) }),
    })),
    ...(key === undefined ? {} : typeof key === 'string' ? { key } : { keyBase64: base64(key) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: base64(correlationData) }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(tombstone === undefined ? {} : { tombstone }),
  };
}

/**
 * The message of such JSON.
 * @throws GridwireError `SETTING_INVALID` naming the member, `TOPIC_ILLEGAL`
 */
export function messageFromJson(given: Record<string, unknown>): WireMessage {
  const { topic, qos, retain } = given;
  if (given['key'] !== undefined && given['keyBase64'] !== undefined)
    throw wrong('key', 'absent beside keyBase64');
  const [key, contentType, responseTopic] = ['key', 'contentType', 'responseTopic'].map((name) =>
    given[name] === undefined ? undefined : text(given, name),
  );
  if (typeof topic !== 'string') throw wrong('topic', 'a text');
  assertTopic(topic);
  if (qos !== 0 && qos !== 1 && qos !== 2) throw wrong('qos', '0, 1 or 2');
  if (typeof retain !== 'boolean') throw wrong('retain', 'true or false');
  const expiresAt = given['expiresAt'] === undefined ? undefined : Date.parse(text(given, 'expiresAt'));
  if (Number.isNaN(expiresAt)) throw wrong('expiresAt', 'a time');
  const { tombstone } = given;
  if (tombstone !== undefined && tombstone !== true) throw wrong('tombstone', 'true, or absent');
  return {
    ...{ topic, body: bytes(given, 'body'), qos, retain, ...headersOfPairs(pairsOf(given['headers'])) },
    ...(key === undefined ? {} : { key }),
    ...(given['keyBase64'] === undefined ? {} : { key: bytes(given, 'keyBase64') }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(given['correlationData'] === undefined ? {} : { correlationData: bytes(given, 'correlationData') }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(tombstone === undefined ? {} : { tombstone }),
  };
}

function pairsOf(given: unknown): HeaderPair[] {
  if (!Array.isArray(given) || given.length > 1_000) throw wrong('headers', 'a list of at most 1000');
  return (given as Record<string, unknown>[]).map((each) => {
    const { value } = each;
    if (value !== undefined && each['base64'] !== undefined) throw wrong('value', 'absent beside base64');
    const isPlain = value === null || typeof value === 'string';
    return [text(each, 'name'), isPlain ? value : bytes(each, 'base64')];
  });
}

function text(given: Record<string, unknown>, name: string): string {
  const value = given[name];
  if (typeof value === 'string') return value;
  throw wrong(name, 'a text');
}

/** Node reads of base64 whatever it can, and leaves the rest out. */
function bytes(given: Record<string, unknown>, name: string): Buffer {
  const written = text(given, name);
  const read = Buffer.from(written, 'base64');
  if (base64(read) === written) return read;
  throw wrong(name, 'base64');
}

function wrong(name: string, what: string): GridwireError {
  return new GridwireError(
    'SETTING_INVALID',
    `The file is none that was exported here: "${name}" must be ${what}.`,
  );
}

function base64(all: Uint8Array): string {
  return Buffer.from(all.buffer, all.byteOffset, all.byteLength).toString('base64');
}
