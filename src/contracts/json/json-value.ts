import { types } from 'node:util';
import { GridwireError, errorText } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { type BodyLimits, DEFAULT_BODY_LIMITS } from './json-body.js';
import { formatTime } from '../time/timestamp.js';

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/**
 * A copy of what a flow gave, as JSON will carry it. JSON.stringify alone would turn NaN into null, leave out functions
 * and throw a TypeError at a cycle; here each of these is a clear error. Dates become text, as JSON would write them;
 * members that are undefined are left out.
 *
 * @throws GridwireError `SCHEMA_VIOLATION` for what JSON cannot say, `BODY_TOO_DEEP` for deep nesting and cycles,
 *   `BODY_UNSAFE_KEY` for keys that reach a prototype
 */
export function toJson(value: unknown, limits: BodyLimits = DEFAULT_BODY_LIMITS): Json {
  try {
    return copy(value, [], limits.maxDepth);
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    // A flow's own objects may run code when they are read: getters, toJSON, proxies.
    throw new GridwireError('SCHEMA_VIOLATION', `The message cannot be read: ${errorText(cause)}.`, {
      cause,
    });
  }
}

/** @param path the names and places that lead to the value; as it was when this returns */
function copy(value: unknown, path: (string | number)[], depthLeft: number): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw notJson(path, String(value));
  }
  if (typeof value !== 'object') throw notJson(path, value === undefined ? 'nothing' : `a ${typeof value}`);
  if (depthLeft <= 0) {
    throw new GridwireError(
      'BODY_TOO_DEEP',
      `The message nests too deeply or contains itself (at ${pointerOf(path).slice(0, 80)}…).`,
    );
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item: unknown, index) => copyMember(item, index, path, depthLeft));
  }
  if (isPlain(value)) return copyObject(value as Record<string, unknown>, path, depthLeft);
  // What a function node makes has classes of its own, so that instanceof says no.
  if (types.isDate(value)) {
    if (Number.isNaN(value.getTime())) throw notJson(path, 'an invalid Date');
    return formatTime(value.getTime());
  }
  const unwritable = UNWRITABLE.find(([is]) => is(value));
  if (unwritable !== undefined) throw notJson(path, unwritable[1]);
  if (types.isBoxedPrimitive(value)) return copy(value.valueOf(), path, depthLeft - 1);
  if (hasJson(value)) return copy(value.toJSON(), path, depthLeft - 1);
  return copyObject(value as Record<string, unknown>, path, depthLeft);
}

/** What JSON.stringify would write as an empty object, or as a list of numbers. */
const UNWRITABLE: readonly [is: (value: unknown) => boolean, name: string][] = [
  [(value) => ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value), 'a Buffer'],
  [(value) => types.isMap(value) || types.isWeakMap(value), 'a Map'],
  [(value) => types.isSet(value) || types.isWeakSet(value), 'a Set'],
  [types.isRegExp, 'a regular expression'],
  [types.isPromise, 'a promise'],
  [(value) => Object.prototype.toString.call(value) === '[object Error]', 'an error'],
];

/** Numbers of libraries and the like say themselves how JSON has them. */
function hasJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** Made by nobody's class and saying nothing of JSON itself: what nearly all are, so that the other questions are saved. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);
}

function copyMember(
  value: unknown,
  name: string | number,
  path: (string | number)[],
  depthLeft: number,
): Json {
  path.push(name);
  const made = copy(value, path, depthLeft - 1);
  path.pop();
  return made;
}

function copyObject(
  value: Record<string, unknown>,
  path: (string | number)[],
  depthLeft: number,
): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    if (key === '__proto__') {
      throw new GridwireError('BODY_UNSAFE_KEY', `The message has the key "${key}", which is not accepted.`, {
        details: { key },
      });
    }
    result[key] = copyMember(member, key, path, depthLeft);
  }
  return result;
}

function pointerOf(path: readonly (string | number)[]): string {
  return path.map((name) => `/${name}`).join('');
}

function notJson(places: readonly (string | number)[], found: string): GridwireError {
  const path = pointerOf(places);
  const violation = { path, rule: 'json', expected: 'a value that JSON can carry', found };
  return new GridwireError(
    'SCHEMA_VIOLATION',
    `The message has ${found} at ${path === '' ? 'its root' : path}, which JSON cannot carry.`,
    { details: { violations: [violation] } },
  );
}
