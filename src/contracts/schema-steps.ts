import { BOUNDS } from '../bounds.js';
import { GridwireError, errorText } from '../errors.js';

/** What the check under way may still call; checks do not wait, so there is one at a time. Compiling is not bounded. */
let left = Infinity;

/**
 * Runs one check of a document. A schema that calls itself twice on each level of a document would take years for a
 * deep one: it is stopped.
 * @throws GridwireError `COMPUTATION_STOPPED`; `CONTRACT_INVALID` for a schema that calls itself for the same value;
 *   `SCHEMA_VIOLATION` for a document that the check cannot look at
 */
export function counted<Value, Result>(check: (value: Value) => Result, value: Value): Result {
  left = BOUNDS.schemaSteps;
  try {
    return check(value);
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    // Documents are bounded in depth, so that nothing else can take the whole stack.
    if (!(cause instanceof RangeError)) throw uncheckable(cause);
    const text =
      'The schema calls itself without going deeper into the document, and would never end, or is too large for what it calls. Correct its references.';
    throw new GridwireError('CONTRACT_INVALID', text, { cause });
  } finally {
    left = Infinity;
  }
}

/** The compiled code itself has failed: to compare objects, for one, it calls what a member "toString" of them holds. */
function uncheckable(cause: unknown): GridwireError {
  const text = `The document cannot be checked by its schema, and is refused for that: ${errorText(cause)}. A member with a name of JavaScript's own ("toString", "valueOf", "constructor") can be why.`;
  return new GridwireError('SCHEMA_VIOLATION', text, { cause });
}

/** One more call, or pattern, of so many steps. @throws GridwireError `COMPUTATION_STOPPED` */
export function countCall(steps: number): void {
  left -= steps;
  if (left >= 0) return;
  throw new GridwireError(
    'COMPUTATION_STOPPED',
    `The schema takes more than ${BOUNDS.schemaSteps} steps for one document. Let it call itself once on each level, keep small what it calls for each item of a list, and few the patterns for each name.`,
  );
}
