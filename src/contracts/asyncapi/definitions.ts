import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';

const OWN = '#/$defs/';

/**
 * A schema for a document of many: what it calls by `$defs` stands among the document's components, because a reference
 * counts from the document's root.
 * @param components gets them
 */
export function withoutDefinitions(schema: JsonObject, components: JsonObject): JsonObject {
  const { $defs, ...rest } = schema;
  if (!isObject($defs)) return schema;
  const before = Object.keys(components).length;
  // A component's name has letters, digits, ".", "-" and "_"; the number tells it from all others.
  const names = new Map(Object.keys($defs).map((each, index) => [each, `schema-${before + index + 1}`]));
  const nameOf = (definition: string): string => names.get(definition) ?? definition;
  for (const [definition, value] of Object.entries($defs))
    components[nameOf(definition)] = redirected(value, nameOf);
  return redirected(rest, nameOf) as JsonObject;
}

function redirected(value: Json, nameOf: (definition: string) => string): Json {
  if (Array.isArray(value)) return value.map((each) => redirected(each, nameOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string' && member.startsWith(OWN)
        ? `#/components/schemas/${nameOf(member.slice(OWN.length))}`
        : redirected(member, nameOf),
    ]),
  );
}
