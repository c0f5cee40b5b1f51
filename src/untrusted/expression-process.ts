import { GridwireError, errorText } from '../errors.js';
import type { ExpressionJob } from './expressions.js';
import { jsonata } from './jsonata.js';
import { serve } from './serve.js';

/** The last expression and its compiled form: many inputs follow with the same one. */
let compiled: { text: string; expression: ReturnType<typeof jsonata> } | undefined;

serve(async ({ expression: text, input }: ExpressionJob) => {
  try {
    if (compiled?.text !== text) compiled = { text, expression: compile(text) };
    return (await compiled.expression.evaluate(input)) as unknown;
  } catch (thrown) {
    // JSONata throws objects that are no errors.
    const { message } = thrown as { message?: unknown };
    const reason = typeof message === 'string' ? message : errorText(thrown);
    throw new GridwireError('FLOW_FAILED', `The expression cannot be evaluated: ${reason}.`);
  }
});

function compile(text: string): ReturnType<typeof jsonata> {
  const expression = jsonata(text);
  expression.registerFunction('clone', (value: unknown) => structuredClone(value));
  return expression;
}
