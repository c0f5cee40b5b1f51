import type { CodeKeywordDefinition } from 'ajv';
import type Core from 'ajv/dist/core.js';
import { _ } from 'ajv';
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
        gen.code(_`${gen.scopeValue('keyword', { ref: countCall })}()`);
        definition.code(context, ruleType);
      },
    });
  }
}
