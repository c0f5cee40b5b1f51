import type { CodeKeywordDefinition } from 'ajv';
import type Core from 'ajv/dist/core.js';
import { _ } from 'ajv';
import type { Json } from '../event.js';
import { atPointer } from './json/pointer.js';
import { isObject } from './json/json-value.js';
import { countCall } from './schema-steps.js';

/** Keywords by which a schema calls another, or itself. */
const CALLS = ['$ref', '$dynamicRef', '$recursiveRef'];

/** Makes the compiler's references count. */
export function countCalls(compiler: Core): void {
  for (const keyword of CALLS) {
    const rule = compiler.getKeyword(keyword);
    if (typeof rule !== 'object' || !('code' in rule)) continue;
    const definition = rule as CodeKeywordDefinition;
    compiler.removeKeyword(keyword);
    compiler.addKeyword({
      keyword,
      ...(definition.schemaType === undefined ? {} : { schemaType: definition.schemaType }),
      code: (context, ruleType) => {
        const { gen } = context;
        const weight = weightOf(called(context.it.schemaEnv.root.schema, context.schema));
        gen.code(_`${gen.scopeValue('keyword', { ref: countCall })}(${weight})`);
        definition.code(context, ruleType);
      },
    });
  }
}

/** Values of a schema that are checked in one step. */
const VALUES_PER_STEP = 8;
/** What only stands there: it is called by somebody else, or never. */
const NOT_CHECKED = new Set(['$defs', 'definitions', 'examples', 'default', 'description', 'title']);

/** The schema that a reference calls; all of the schema where that is not plain to see. */
function called(whole: unknown, reference: unknown): Json {
  const root = whole as Json;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return root;
  try {
    return atPointer(root, decodeURIComponent(reference.slice(1))) ?? root;
  } catch {
    return root;
  }
}

const weights = new WeakMap<object, number>();

/** How many steps one call takes: a large schema that is called often costs as much as a small one that never ends. */
function weightOf(schema: Json): number {
  if (typeof schema !== 'object' || schema === null) return 1;
  const known = weights.get(schema);
  if (known !== undefined) return known;
  const weight = Math.ceil(valuesIn(schema) / VALUES_PER_STEP);
  weights.set(schema, weight);
  return weight;
}

function valuesIn(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + valuesIn(each), 1);
  if (!isObject(value)) return 1;
  return Object.entries(value).reduce(
    (sum, [name, each]) => sum + (NOT_CHECKED.has(name) ? 0 : valuesIn(each)),
    1,
  );
}
