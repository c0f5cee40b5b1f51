import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { GridwireError } from '../../src/errors.js';

/** A value as the editor's typed input stores it. */
export interface TypedValue {
  value: string;
  /** `msg`, `flow`, `global`, `env`, `jsonata`, `str`, `num` … */
  type: string;
}

/**
 * Evaluates a typed input for one message.
 * @throws GridwireError `FLOW_FAILED` if the expression fails
 */
export function evaluate(
  RED: NodeAPI,
  node: Node,
  input: TypedValue,
  message: NodeMessage,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    RED.util.evaluateNodeProperty(input.value, input.type, node, message, (error, value) => {
      if (error === null) resolve(value);
      else {
        const text = `The ${input.type} value "${input.value}" cannot be evaluated: ${error.message}`;
        reject(new GridwireError('FLOW_FAILED', text, { cause: error }));
      }
    });
  });
}
