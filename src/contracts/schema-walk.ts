import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';

/** What a compiler has to know of a schema before it compiles it. */
export interface SchemaFacts {
  /** Keywords beginning with `x-`: annotations by convention (`x-unit`, `x-kind`, `x-sign` and those of users). */
  annotations: Set<string>;
  /** Whether it says a name that every object inherits, such as "constructor": a document has it only as its own member. */
  namesInherited: boolean;
  /** How many values it has. */
  values: number;
}

/** `$id` of a schema that would take the place of JSON Schema's own. */
const RESERVED_ID = /^https?:\/\/(www\.)?json-schema\.org\//i;

/**
 * Looks at every value of a schema, also where a reference alone could make a schema of it.
 * @throws GridwireError `CONTRACT_INVALID` for a schema that is too large, nests too deeply, or could do more than check:
 *   `$async` makes a validator that answers later, and whoever does not wait for it lets everything pass
 */
export function walkSchema(schema: JsonObject): SchemaFacts {
  const annotations = new Set<string>();
  let values = 0;
  let namesInherited = false;
  const walk = (value: Json, depth: number): void => {
    values += 1;
    if (values > BOUNDS.schemaValues) throw refused(`it has more than ${BOUNDS.schemaValues} values`);
    if (depth > BOUNDS.documentDepth) throw refused(`it nests deeper than ${BOUNDS.documentDepth} levels`);
    if (typeof value === 'string') namesInherited ||= isInherited(value);
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value)) {
      readKeywords(value, annotations);
      namesInherited ||= Object.keys(value).some(isInherited);
    }
    for (const member of Object.values(value)) walk(member, depth + 1);
  };
  walk(schema, 0);
  return { annotations, namesInherited, values };
}

function isInherited(name: string): boolean {
  return name in Object.prototype;
}

function readKeywords(schema: JsonObject, annotations: Set<string>): void {
  if (Object.hasOwn(schema, '$async')) throw refused('"$async" is not allowed in it, wherever it stands');
  const id = schema['$id'];
  if (typeof id === 'string' && RESERVED_ID.test(id)) throw refused(`its "$id" is one of JSON Schema's own`);
  for (const key of Object.keys(schema)) {
    if (key.startsWith('x-')) annotations.add(key);
  }
}

function refused(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The schema cannot be used: ${reason}.`);
}
