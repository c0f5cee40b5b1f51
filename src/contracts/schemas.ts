import type { ErrorObject, ValidateFunction } from 'ajv';
import { BOUNDS } from '../bounds.js';
import { GridwireError, errorText } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import { atPointer } from './json/pointer.js';
import { once } from '../once.js';
import { counted } from './schema-steps.js';
import { walkSchema } from './schema-walk.js';
import type * as SchemaCompiler from './schema-compiler.js';

/** One thing that is wrong with a document, in words an operator can act on. */
export interface Violation {
  /** JSON pointer to the place; `''` is the document itself. */
  path: string;
  /** The schema keyword that was broken: `required`, `type`, `minimum` … */
  rule: string;
  /** What was expected. */
  expected: string;
  /** What stands there, shortened. */
  found: string;
}

/** Checks a value; an empty list means that it is valid. */
export type SchemaCheck = (value: Json) => readonly Violation[];

const VALID: readonly Violation[] = [];

/** An operator reads the first few; a body built to break every rule must not fill the log. */
const MAX_VIOLATIONS = 20;

/** Loaded when the first contract is opened: it takes as long as the rest of the contracts together. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when needed, and at once
const compiler = once(() => require('./schema-compiler.js') as typeof SchemaCompiler);

/** Compiled checks by schema object, so that nodes which share a contract share its checks too. */
const compiled = new WeakMap<JsonObject, SchemaCheck>();

/**
 * Compiles a JSON Schema once; the draft is the one its `$schema` names (07, 2019-09 or 2020-12, which is also the
 * default). Valid values take the fast path; only for an invalid one a second validator, made on first need, lists all
 * that is wrong.
 * @param name how error messages call the schema
 * @throws GridwireError `CONTRACT_INVALID` if the schema itself is wrong
 */
export function compileSchema(schema: JsonObject, name: string): SchemaCheck {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const isValid = compile(false, schema, name);
  let list: ValidateFunction | undefined;
  let mostListed: number | undefined;
  const check: SchemaCheck = (value) => {
    // Nothing but true: a validator that answers later would give a promise.
    const answer: unknown = counted(isValid, value);
    if (answer === true) return VALID;
    const told = (errors: readonly ErrorObject[]): Violation[] =>
      errors.slice(0, MAX_VIOLATIONS).map((error) => toViolation(error, value));
    // Each value may break each rule: 40 KB and a choice among 2,000 have 20 million faults, more than fit into memory.
    mostListed ??= Math.min(BOUNDS.listedValues, BOUNDS.listedFaults / walkSchema(schema).values);
    if (hasMoreValues(value, mostListed)) return told(isValid.errors ?? []);
    const all = (list ??= compile(true, schema, name));
    counted(all, value);
    return told(all.errors ?? []);
  };
  compiled.set(schema, check);
  return check;
}

function hasMoreValues(value: Json, most: number): boolean {
  let left = most;
  const count = (each: Json): boolean => {
    left -= 1;
    if (left < 0) return true;
    return typeof each === 'object' && each !== null && Object.values(each).some(count);
  };
  return count(value);
}

/** Whether a format of texts is checked. */
export function isKnownFormat(name: string): boolean {
  return compiler().isKnownFormat(name);
}

function compile(allErrors: boolean, schema: JsonObject, name: string): ValidateFunction {
  try {
    return compiler().compileWith(schema, allErrors);
  } catch (cause) {
    const reason =
      cause instanceof RangeError
        ? 'it has too many keywords beside each other; split it into schemas that it names by $ref'
        : errorText(cause);
    throw new GridwireError('CONTRACT_INVALID', `The schema of ${name} cannot be used: ${reason}.`, {
      cause,
    });
  }
}

function toViolation(error: ErrorObject, document: Json): Violation {
  return {
    path: error.instancePath,
    rule: error.keyword,
    expected: expectation(error),
    found: describe(atPointer(document, error.instancePath)),
  };
}

function expectation(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `a member "${String(params['missingProperty'])}"`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `no member "${String(params['additionalProperty'] ?? params['unevaluatedProperty'])}"`;
    case 'enum':
      return `one of ${JSON.stringify(params['allowedValues'])}`;
    case 'const':
      return JSON.stringify(params['allowedValue']);
    default:
      return error.message ?? error.keyword;
  }
}

/** A value in a few words, for an error message. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value !== null && typeof value === 'object') {
    const count = Object.keys(value).length;
    return `an object with ${count} ${count === 1 ? 'member' : 'members'}`;
  }
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The violations as one sentence. */
export function violationText(violations: readonly Violation[]): string {
  return violations
    .slice(0, 5)
    .map(({ path, expected, found }) => {
      const where = path === '' ? 'the document' : path;
      // The compiler's own words are a sentence.
      const rule = expected.startsWith('must ') ? ` ${expected}` : `: expected ${expected}`;
      return `${where}${rule}, found ${found}`;
    })
    .concat(violations.length > 5 ? [`and ${violations.length - 5} more`] : [])
    .join('; ');
}
