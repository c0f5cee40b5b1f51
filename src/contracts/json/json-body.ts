import { BOUNDS } from '../../bounds.js';
import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { whatInstead } from './no-json.js';
import { ALWAYS_EXACT, isExactNumber } from './exact-number.js';
import { writtenNumbers } from './written-numbers.js';

export interface BodyLimits {
  /** Largest body, bytes. */
  maxBytes: number;
  /** Deepest nesting of arrays and objects. */
  maxDepth: number;
}

export const DEFAULT_BODY_LIMITS: BodyLimits = { maxBytes: BOUNDS.bodyBytes, maxDepth: BOUNDS.bodyDepth };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Where the size has been bounded already. */
export const ANY_SIZE: BodyLimits = { ...DEFAULT_BODY_LIMITS, maxBytes: Infinity };

/**
 * Reads a body as JSON and refuses whatever a careless reader would let through: invalid UTF-8, nesting that overflows
 * the stack, keys that reach a prototype, duplicate keys (of which JSON.parse silently keeps the last), and numbers that
 * JSON.parse changes.
 * Linear in the body's size.
 *
 * @throws GridwireError `BODY_TOO_LARGE`, `BODY_EMPTY`, `BODY_NOT_TEXT`, `BODY_TOO_DEEP`, `BODY_NOT_JSON`,
 *   `BODY_DUPLICATE_KEY`, `BODY_UNSAFE_KEY` or `NUMBER_INEXACT`
 */
export function parseJsonBody(body: Uint8Array, limits: BodyLimits = DEFAULT_BODY_LIMITS): Json {
  return readJsonBody(body, limits, NEVER).value;
}

const NEVER = (): boolean => false;

/** A document, and how some of its numbers are written, by the pointers to them. */
export interface ReadBody {
  value: Json;
  written: ReadonlyMap<string, string>;
}

/**
 * As `parseJsonBody`, for whoever knows of numbers that a double does not hold: those stand in the document as the
 * nearest double, and have to be looked at by how they are written.
 * @param isMeant whether a number, as it is written, is one of these
 */
export function readJsonBody(
  body: Uint8Array,
  limits: BodyLimits,
  isMeant: (written: string) => boolean,
): ReadBody {
  assertSize(body, limits);
  if (body.byteLength === 0) {
    throw new GridwireError('BODY_EMPTY', 'The message is empty; a JSON document was expected.');
  }
  const text = decode(body);
  const meant: string[] = [];
  const membersWritten = scan(body, limits.maxDepth, (number) => {
    if (isMeant(number)) meant.push(number);
    else assertExact(number);
  });
  const value = parse(text, body);
  const isNested = typeof value === 'object' && value !== null;
  if ((isNested ? countMembers(value, areExtended()) : 0) !== membersWritten) {
    throw new GridwireError(
      'BODY_DUPLICATE_KEY',
      'The JSON names a key twice in one object, so its meaning is ambiguous. Send each key once.',
    );
  }
  return { value, written: meant.length > 0 ? writtenNumbers(text, new Set(meant)) : NONE };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** @throws GridwireError `BODY_TOO_LARGE` */
export function assertSize(body: Uint8Array, limits: BodyLimits): void {
  if (body.byteLength <= limits.maxBytes) return;
  throw new GridwireError(
    'BODY_TOO_LARGE',
    `The message has ${body.byteLength} bytes; at most ${limits.maxBytes} are accepted. Send less, or raise the limit.`,
    { details: { bytes: body.byteLength, limit: limits.maxBytes } },
  );
}

function decode(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch (cause) {
    throw new GridwireError(
      'BODY_NOT_TEXT',
      `The message is not valid UTF-8 text; a JSON document was expected.${whatInstead(body)}`,
      { cause },
    );
  }
}

function parse(text: string, body: Uint8Array): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'invalid';
    throw new GridwireError(
      'BODY_NOT_JSON',
      `The message is not JSON: ${reason.slice(0, 200)}.${whatInstead(body)}`,
      { cause },
    );
  }
}

/**
 * Walks the bytes once, which is faster than the text, and what matters is ASCII: refuses deep nesting, and returns how many
 * `key: value` members are written.
 * @param body valid UTF-8
 * @param checkLong gets every number that a double may change
 */
function scan(body: Uint8Array, maxDepth: number, checkLong: (number: string) => void): number {
  const { length } = body;
  let depth = 0;
  let members = 0;
  for (let index = 0; index < length; index += 1) {
    const code = body[index] ?? 0;
    switch (code) {
      case 0x22: // "
        index = endOfString(body, index);
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > maxDepth) {
          throw new GridwireError('BODY_TOO_DEEP', `The JSON nests deeper than ${maxDepth} levels.`, {
            details: { limit: maxDepth },
          });
        }
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        break;
      case 0x3a: // :
        members += 1;
        break;
      default:
        if (isNumeric(code)) index = endOfNumber(body, index, checkLong);
    }
  }
  return members;
}

/** Every character that a number may have. */
function isNumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x2b;
}

/** The index of a number's last character. */
function endOfNumber(body: Uint8Array, start: number, checkLong: (number: string) => void): number {
  const { length } = body;
  let end = start + 1;
  let isShort = true;
  for (; end < length; end += 1) {
    const code = body[end] ?? 0;
    const isExponent = code === 0x65 || code === 0x45;
    if (!isNumeric(code) && !isExponent) break;
    if (isExponent || end - start >= ALWAYS_EXACT) isShort = false;
  }
  if (!isShort) checkLong(decoder.decode(body.subarray(start, end)));
  return end - 1;
}

/**
 * @param written a number as a document has it
 * @throws GridwireError `NUMBER_INEXACT`
 */
export function assertExact(written: string): void {
  if (isExactNumber(written) || !JSON_NUMBER.test(written)) return;
  const shown = written.length > 60 ? `${written.slice(0, 60)}…` : written;
  throw new GridwireError(
    'NUMBER_INEXACT',
    `The JSON has the number ${shown}, which would be handed on as ${Number(written)}. Send it as a text, or with fewer digits.`,
    { details: { found: shown } },
  );
}

/** What is no number is refused as no JSON. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function endOfString(body: Uint8Array, start: number): number {
  const { length } = body;
  let index = start + 1;
  while (index < length) {
    const code = body[index] ?? 0;
    if (code === 0x22) return index;
    index += code === 0x5c ? 2 : 1;
  }
  return index;
}

/**
 * Counts the members that survived parsing, and refuses the keys by which a copy could reach a prototype.
 * @param isExtended whether the loop over an object's members also meets some that are not its own
 */
function countMembers(value: Json[] | JsonObject, isExtended: boolean): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null) count += countMembers(item, isExtended);
    }
    return count;
  }
  // A list of the keys would take as long as all the rest.
  for (const key in value) {
    if (isExtended && !Object.hasOwn(value, key)) continue;
    const member = value[key] ?? null;
    if (key === '__proto__' || (key === 'constructor' && hasPrototypeKey(member))) {
      throw new GridwireError('BODY_UNSAFE_KEY', `The JSON has the key "${key}", which is not accepted.`, {
        details: { key },
      });
    }
    count += 1;
    if (typeof member === 'object' && member !== null) count += countMembers(member, isExtended);
  }
  return count;
}

/** Some program has given all objects another member. */
function areExtended(): boolean {
  for (const name in EMPTY) return name in EMPTY;
  return false;
}

const EMPTY = {};

function hasPrototypeKey(value: Json): boolean {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, 'prototype');
}
