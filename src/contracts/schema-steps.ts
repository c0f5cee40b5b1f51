import type { CodeKeywordDefinition } from 'ajv';
import type Core from 'ajv/dist/core.js';
import { _ } from 'ajv';
import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';

/** Keywords by which a schema calls another, or itself. */
const CALLS = ['$ref', '$dynamicRef', '$recursiveRef'];

/** What the check under way may still call; checks do not wait, so there is one at a time. Compiling is not bounded. */
let left = Infinity;

/**
 * Runs one check of a document. A schema that calls itself twice on each level of a document would take years for a
 * deep one: it is stopped.
 * @throws GridwireError `COMPUTATION_STOPPED`; `CONTRACT_INVALID` for a schema that calls itself for the same value
 */
export function counted<Value, Result>(check: (value: Value) => Result, value: Value): Result {
  left = BOUNDS.schemaSteps;
  try {
    return check(value);
  } catch (cause) {
    // Documents are bounded in depth, so that nothing else can take the whole stack.
    if (!(cause instanceof RangeError)) throw cause;
    const text =
      'The schema calls itself without going deeper into the document, and would never end. Correct its references.';
    throw new GridwireError('CONTRACT_INVALID', text, { cause });
  } finally {
    left = Infinity;
  }
}

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
        gen.code(_`${gen.scopeValue('keyword', { ref: count })}()`);
        definition.code(context, ruleType);
      },
    });
  }
}

function count(): void {
  left -= 1;
  if (left >= 0) return;
  throw new GridwireError(
    'COMPUTATION_STOPPED',
    `The schema calls itself more than ${BOUNDS.schemaSteps} times for one document. Let it call itself once on each level.`,
  );
}
