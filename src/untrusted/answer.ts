import { GridwireError } from '../errors.js';

/** What this version of JavaScript has, and its types do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/**
 * The JSON of an answer. JSON.stringify would make null of Infinity, 0 of -0, and JSONata's own insides of a function.
 * @throws GridwireError `FLOW_FAILED` for what JSON cannot carry
 */
export function answerText(answer: unknown): string | undefined {
  return JSON.stringify(answer, (name, value: unknown) => {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw notJson(name, String(value));
      return Object.is(value, -0) ? rawJSON('-0') : value;
    }
    if (typeof value === 'bigint') throw notJson(name, 'a bigint');
    if (isFunction(value)) throw notJson(name, 'a function');
    return value;
  });
}

function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '_jsonata_function') || Object.hasOwn(value, '_jsonata_lambda');
}

function notJson(name: string, found: string): GridwireError {
  const where = name === '' ? 'The result is' : `The result has, at "${name.slice(0, 80)}",`;
  return new GridwireError('FLOW_FAILED', `${where} ${found}, which JSON cannot carry.`);
}
