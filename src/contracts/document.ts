import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { BodyLimits } from './json/json-body.js';
import { isObject, toJson } from './json/json-value.js';
import { isPlain } from './json/plain-copy.js';
import type { ShapedCopy } from './json/shaped-copy.js';
import { describe } from './schemas.js';

/** @throws GridwireError `SCHEMA_VIOLATION` for what is no object */
export function asDocument(value: Json): JsonObject {
  if (isObject(value)) return value;
  const violation = { path: '', rule: 'type', expected: 'an object', found: describe(value) };
  throw new GridwireError('SCHEMA_VIOLATION', 'The message must be a JSON object.', {
    details: { violations: [violation] },
  });
}

const NONE: JsonObject = Object.freeze({});

/**
 * A copy of the members that a flow gives for an envelope; nearly always there are none.
 * @throws GridwireError what `toJson` throws, and `SCHEMA_VIOLATION` for what is no object
 */
export function givenMembers(given: object, limits: BodyLimits, copies: ShapedCopy): JsonObject {
  const isEmpty = isPlain(given) && Object.keys(given).length === 0;
  return isEmpty ? NONE : asDocument(toJson(given, limits, copies));
}
