import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';

/**
 * An operation or a message with its traits merged in, as AsyncAPI 3 says: of two traits the later one counts, and what
 * the object says itself counts more than any trait.
 * @param object with its references resolved
 */
export function withTraits(object: JsonObject): JsonObject {
  const { traits, ...own } = object;
  if (!Array.isArray(traits)) return object;
  const merged = traits.filter(isObject).reduce<JsonObject>((under, trait) => over(under, trait), {});
  return over(merged, own);
}

/** Members of the second over those of the first; objects on both sides are merged. */
function over(under: JsonObject, own: JsonObject): JsonObject {
  const result: JsonObject = { ...under };
  for (const [name, value] of Object.entries(own)) {
    const below: Json | undefined = Object.hasOwn(under, name) ? under[name] : undefined;
    result[name] = isObject(below) && isObject(value) ? over(below, value) : value;
  }
  return result;
}
