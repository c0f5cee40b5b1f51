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
  integer: { pattern: /^\d{1,15}$/, expected: 'a whole number without sign, of at most 15 digits' },
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
  if (isFine(definition, value)) return value;
  if (typeof value !== 'string' || value === '') {
    throw new GridwireError(
      'PARAMETER_MISSING',
      `The topic needs a value for "${name}" (${definition.description}), and the message has none.`,
      { details: { parameter: name } },
    );
  }
  const { kind, values } = definition;
  const isLong = value.length > BOUNDS.parameterCharacters;
  if (isLong || !isOfKind(kind, value)) {
    const rule = RULES[kind];
    throw new GridwireError(
      'IDENTIFIER_ILLEGAL',
      `"${name}" must be ${rule.expected}${isLong ? `, at most ${BOUNDS.parameterCharacters} characters` : ''}; found ${JSON.stringify(value.slice(0, 80))}.`,
      { details: { parameter: name, found: value.slice(0, 80) } },
    );
  }
  if (values !== undefined && !isAmongValues(definition, value)) {
    throw new GridwireError(
      'IDENTIFIER_ILLEGAL',
      `"${name}" must be ${values.join(' or ')}; found ${JSON.stringify(value.slice(0, 80))}.`,
      { details: { parameter: name, found: value.slice(0, 80) } },
    );
  }
  return value;
}

/** Whether a value may stand in a topic just as it is: what nearly all identifiers are, and what is soon found out. */
function isFine({ kind, values }: ParameterData, value: unknown): value is string {
  if (kind !== 'identifier' || values !== undefined || typeof value !== 'string') return false;
  return value !== '' && value.length <= BOUNDS.parameterCharacters && isPlain(value);
}

function isOfKind(kind: ParameterKind, value: string): boolean {
  // The others have no character in their patterns that is illegal.
  return RULES[kind].pattern.test(value) && (kind !== 'identifier' || !ILLEGAL.test(value));
}

/** An identifier as nearly all are, of printable ASCII without a space: two expressions are saved for each. */
function isPlain(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === PLUS || code === HASH || code === SLASH) return false;
  }
  return true;
}

const [PLUS, HASH, SLASH] = [0x2b, 0x23, 0x2f];

/** Whether a value is one of those to which its parameter is limited; any is where there is no limit. */
export function isAmongValues({ values, anyCase = false }: ParameterData, value: string): boolean {
  return values === undefined || values.some((each) => sameText(each, value, anyCase));
}

function sameText(one: string, other: string, anyCase: boolean): boolean {
  return anyCase ? one.toLowerCase() === other.toLowerCase() : one === other;
}

/** Whether two values of a parameter name the same thing; a MAC address has several spellings. */
export function sameParameter({ kind, anyCase = false }: ParameterData, one: string, other: string): boolean {
  return kind === 'mac-address' ? canonicalMac(one) === canonicalMac(other) : sameText(one, other, anyCase);
}

/** The spelling under which what a parameter names is kept: of a MAC address the one with colons and capitals. */
export function canonicalParameter({ kind }: ParameterData, value: string): string {
  return kind === 'mac-address' ? canonicalMac(value) : value;
}

function canonicalMac(address: string): string {
  return address.replaceAll('-', ':').toUpperCase();
}
