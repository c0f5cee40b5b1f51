import path from 'node:path';
import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import { UntrustedProcess } from './untrusted-process.js';

/** What the process of the expressions is sent. */
export interface ExpressionJob {
  expression: string;
  input: unknown;
}

/** One for the whole of Gridwire: it starts with the first expression and ends when there are none. */
const expressions = new UntrustedProcess(path.join(__dirname, 'expression-process'));

/**
 * Evaluates a JSONata expression that came from a request or a message. It sees its input and JSONata's own functions
 * (and `$clone`); neither environment nor context, which `$env`, `$flowContext` and `$globalContext` of Node-RED reach.
 * @param input JSON and bytes; what cannot be cloned is refused
 * @returns what JSON can say of the result; bytes as `{ type: 'Buffer', data }`
 * @throws GridwireError `FLOW_FAILED` for an expression that is wrong, `COMPUTATION_STOPPED` for one that takes too long
 *   or too much memory, `BODY_TOO_LARGE` for a result beyond its bound
 */
export async function evaluateExpression(expression: string, input: unknown): Promise<unknown> {
  if (expression.length > BOUNDS.schemaCharacters) {
    const text = `The expression has more than ${BOUNDS.schemaCharacters} characters.`;
    throw new GridwireError('FLOW_FAILED', text);
  }
  const job: ExpressionJob = { expression, input };
  return expressions.run(job, expression);
}
