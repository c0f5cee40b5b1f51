import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';

/** The value if it is an object, else an empty one. */
export function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** The object that a member is; an empty one where it is none. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : {};
}

/** The text that a member is, a number written as one. */
export function textAt(object: JsonObject, name: string, otherwise: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : otherwise;
}
