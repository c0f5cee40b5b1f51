import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { ParameterData, ParameterKind } from './contract-data.js';

/** `+`, `#` and `/` would address another topic; control characters and lone surrogates close the connection. */
// eslint-disable-next-line no-control-regex -- the point is to refuse them
const ILLEGAL = /[+#/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;

interface KindRule {
  pattern: RegExp;
  expected: string;
}

const RULES: Record<ParameterKind, KindRule> = {
  identifier: {
    pattern: /^\S(.*\S)?$/su,
    expected: 'a text without +, #, /, control characters and outer spaces',
  },
  integer: { pattern: /^\d{1,15}$/, expected: 'a whole number without sign' },
  'mac-address': {
    pattern: /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/,
    expected: 'a MAC address such as AA:BB:CC:DD:EE:FF',
  },
  slug: { pattern: /^[A-Za-z0-9_-]+$/, expected: 'letters, digits, _ and - only' },
  'snake-case': { pattern: /^[a-z0-9]+(_[a-z0-9]+)*$/, expected: 'lower-case words joined by _' },
};

/**
 * Checks one value that becomes a level of a topic and returns it unchanged.
 * @throws GridwireError `PARAMETER_MISSING` or `IDENTIFIER_ILLEGAL`
 */
export function checkParameter(name: string, definition: ParameterData, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new GridwireError(
      'PARAMETER_MISSING',
      `The topic needs a value for "${name}" (${definition.description}), and the message has none.`,
      { details: { parameter: name } },
    );
  }
  const rule = RULES[definition.kind];
  if (value.length > BOUNDS.parameterCharacters || ILLEGAL.test(value) || !rule.pattern.test(value)) {
    throw new GridwireError(
      'IDENTIFIER_ILLEGAL',
      `"${name}" must be ${rule.expected}, at most ${BOUNDS.parameterCharacters} characters; found ${JSON.stringify(value.slice(0, 80))}.`,
      { details: { parameter: name, found: value.slice(0, 80) } },
    );
  }
  return value;
}

/** Whether two values of a parameter name the same thing; a MAC address has several spellings. */
export function sameParameter(kind: ParameterKind, one: string, other: string): boolean {
  if (kind !== 'mac-address') return one === other;
  return one.replaceAll('-', ':').toUpperCase() === other.replaceAll('-', ':').toUpperCase();
}
