import { types } from 'node:util';
import { GridwireError, errorText } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { isPlain, plainCopy } from './plain-copy.js';
import type { ShapedCopy } from './shaped-copy.js';
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
 * @param copies know what such values have looked like so far
 * @throws GridwireError `SCHEMA_VIOLATION` for what JSON cannot say, `BODY_TOO_DEEP` for deep nesting and cycles,
 *   `BODY_UNSAFE_KEY` for keys that reach a prototype
 */
export function toJson(
  value: unknown,
  { maxDepth }: BodyLimits = DEFAULT_BODY_LIMITS,
  copies?: ShapedCopy,
): Json {
  const copy = copies === undefined ? plainCopy(value, maxDepth) : copies.of(value, maxDepth);
  return copy ?? new Copier(refuse).copy(value, maxDepth);
}

function refuse(problem: GridwireError): never {
  throw problem;
}

/** What stands in the place of what JSON cannot carry; it may throw. */
export type Instead = (problem: GridwireError, value: unknown) => Json;

/** More would be no message, but an object that leads to everything else there is. */
const MOST_VALUES = 1_000_000;

/**
 * As `toJson`, with something else in the place of what it refuses: for whoever has to keep what can be kept.
 * @param instead gets a sentence that names the place, and what was found there
 */
export function toJsonWith(
  value: unknown,
  instead: Instead,
  { maxDepth }: BodyLimits = DEFAULT_BODY_LIMITS,
): Json {
  return new Copier(instead, MOST_VALUES).copy(value, maxDepth);
}

/** One copy of one value, of any kind. */
class Copier {
  /** The names and places that lead to what is copied now. */
  private readonly path: (string | number)[] = [];
  /** The objects on that way. */
  private readonly within: object[] = [];

  constructor(
    private readonly instead: Instead,
    private valuesLeft = Infinity,
  ) {}

  /** @param depthLeft how many objects in one another there may still be */
  copy(value: unknown, depthLeft: number): Json {
    this.valuesLeft -= 1;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number')
      return Number.isFinite(value) ? value : this.instead(this.notJson(String(value)), value);
    if (typeof value !== 'object')
      return this.instead(this.notJson(value === undefined ? 'nothing' : `a ${typeof value}`), value);
    if (depthLeft <= 0 || this.within.includes(value)) return this.instead(this.tooDeep(), value);
    if (this.valuesLeft < 0) return this.instead(this.tooMany(), value);
    const { length } = this.path;
    this.within.push(value);
    try {
      return this.copyAny(value, depthLeft);
    } catch (cause) {
      if (cause instanceof GridwireError) throw cause;
      // A flow's own objects may run code when they are read: getters, toJSON, proxies.
      this.path.length = length;
      return this.instead(this.unreadable(cause), value);
    } finally {
      this.within.pop();
    }
  }

  private copyAny(value: object, depthLeft: number): Json {
    if (Array.isArray(value) && value.length > this.valuesLeft) return this.instead(this.tooMany(), value);
    if (Array.isArray(value))
      return Array.from(value, (item: unknown, index) => this.copyMember(item, index, depthLeft));
    if (isPlain(value)) return this.copyObject(value as Record<string, unknown>, depthLeft);
    // What a function node makes has classes of its own, so that instanceof says no.
    if (types.isDate(value)) {
      const time = value.getTime();
      return Number.isNaN(time) ? this.instead(this.notJson('an invalid Date'), value) : formatTime(time);
    }
    const unwritable = UNWRITABLE.find(([is]) => is(value));
    if (unwritable !== undefined) return this.instead(this.notJson(unwritable[1]), value);
    if (types.isBoxedPrimitive(value)) return this.copy(value.valueOf(), depthLeft - 1);
    if (hasJson(value)) return this.copy(value.toJSON(), depthLeft - 1);
    return this.copyObject(value as Record<string, unknown>, depthLeft);
  }

  private copyMember(value: unknown, name: string | number, depthLeft: number): Json {
    this.path.push(name);
    const made = this.copy(value, depthLeft - 1);
    this.path.pop();
    return made;
  }

  private copyObject(value: Record<string, unknown>, depthLeft: number): JsonObject {
    const result: JsonObject = {};
    for (const key of Object.keys(value)) {
      const member = value[key];
      if (member === undefined) continue;
      if (key !== '__proto__') result[key] = this.copyMember(member, key, depthLeft);
      else own(result, key, this.instead(unsafeKey(key), member));
    }
    return result;
  }

  private notJson(found: string): GridwireError {
    const path = pointerOf(this.path);
    const violation = { path, rule: 'json', expected: 'a value that JSON can carry', found };
    return new GridwireError(
      'SCHEMA_VIOLATION',
      `The message has ${found} at ${path === '' ? 'its root' : path}, which JSON cannot carry.`,
      { details: { violations: [violation] } },
    );
  }

  private tooDeep(): GridwireError {
    const place = pointerOf(this.path).slice(0, 80);
    return new GridwireError(
      'BODY_TOO_DEEP',
      `The message nests too deeply or contains itself (at ${place}…).`,
    );
  }

  private tooMany(): GridwireError {
    const place = pointerOf(this.path).slice(0, 80);
    const reason = `The message has more than ${MOST_VALUES} values (at ${place}…).`;
    return new GridwireError('BODY_TOO_LARGE', reason);
  }

  private unreadable(cause: unknown): GridwireError {
    return new GridwireError('SCHEMA_VIOLATION', `The message cannot be read: ${errorText(cause)}.`, {
      cause,
    });
  }
}

function unsafeKey(key: string): GridwireError {
  return new GridwireError('BODY_UNSAFE_KEY', `The message has the key "${key}", which is not accepted.`, {
    details: { key },
  });
}

/** Not by assignment, which would set what it inherits from. */
function own(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
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

function pointerOf(path: readonly (string | number)[]): string {
  return path.map((name) => `/${name}`).join('');
}
