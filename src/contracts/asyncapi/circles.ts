import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';

/** A reference that is being followed, and whether a value below that which it is about is looked at by now. */
export interface Followed {
  pointer: string;
  isBelow: boolean;
}

/** Keywords whose schemas are about a value below; with names between them and the schemas, or without. */
const BELOW_BY_NAME = new Set(['properties', 'patternProperties']);
const BELOW = new Set([
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'],
]);

/** The way to a member of a schema. */
export function wayTo(stack: readonly Followed[], keyword: string, member: Json): readonly Followed[] {
  const isBelow = BELOW.has(keyword) || (BELOW_BY_NAME.has(keyword) && isObject(member));
  return isBelow ? stack.map(({ pointer }) => ({ pointer, isBelow })) : stack;
}

/**
 * The schemas of one document that lead back to themselves. A tree of devices has no end when its references are filled
 * in; each of these schemas stands once below `$defs` instead, and is called from there.
 */
export class Circles {
  private readonly names = new Map<string, string>();
  private readonly waiting: string[] = [];

  /** What stands in the place of a reference; undefined for one that is filled in. */
  call(pointer: string, isBack: boolean): JsonObject | undefined {
    if (isBack && !this.names.has(pointer)) {
      this.names.set(pointer, `circle-${this.names.size + 1}`);
      this.waiting.push(pointer);
    }
    const name = this.names.get(pointer);
    return name === undefined ? undefined : { $ref: `#/$defs/${name}` };
  }

  /**
   * A schema with what it calls.
   * @param copyOf the schema at a pointer, which may find more of them
   */
  complete(schema: Json, copyOf: (pointer: string) => Json): Json {
    const found: JsonObject = {};
    for (let pointer = this.waiting.shift(); pointer !== undefined; pointer = this.waiting.shift())
      found[this.names.get(pointer) ?? ''] = copyOf(pointer);
    return Object.keys(found).length === 0 || !isObject(schema) ? schema : withDefinitions(schema, found);
  }
}

/** Where another language is named, the schema stands one level below. */
function withDefinitions(written: JsonObject, found: JsonObject): JsonObject {
  const { schemaFormat, schema } = written;
  if (schemaFormat !== undefined && isObject(schema))
    return { ...written, schema: withDefinitions(schema, found) };
  // References to the document's own definitions are filled in, so that nobody calls them.
  return { ...written, $defs: found };
}
