import Ajv2020, { type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats = require('ajv-formats');
import { GridwireError, errorText } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import { atPointer } from './pointer.js';
import { isTimeText } from './timestamp.js';

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
export type SchemaCheck = (value: Json) => Violation[];

/** An operator reads the first few; a body built to break every rule must not fill the log. */
const MAX_VIOLATIONS = 20;

/** Annotations of the contracts: unit, kind (gauge, counter, interval) and sign convention of a quantity. */
const ANNOTATIONS = ['x-unit', 'x-kind', 'x-sign'];

function newAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({ allErrors, strict: true, allowUnionTypes: true, validateFormats: true });
  ajv.addVocabulary(ANNOTATIONS);
  formats.default(ajv);
  ajv.addFormat('timestamp', { type: 'string', validate: isTimeText });
  return ajv;
}

/**
 * Compiles a JSON Schema (2020-12) once. Valid values take the fast path; only for an invalid one a second validator,
 * made on first need, lists all that is wrong.
 * @param name how error messages call the schema
 * @throws GridwireError `CONTRACT_INVALID` if the schema itself is wrong
 */
export function compileSchema(schema: JsonObject, name: string): SchemaCheck {
  const isValid = compile(newAjv(false), schema, name);
  let list: ValidateFunction | undefined;
  return (value) => {
    if (isValid(value)) return [];
    list ??= compile(newAjv(true), schema, name);
    list(value);
    return (list.errors ?? []).slice(0, MAX_VIOLATIONS).map((error) => toViolation(error, value));
  };
}

function compile(ajv: Ajv2020, schema: AnySchema, name: string): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The schema of ${name} cannot be used: ${errorText(cause)}.`,
      { cause },
    );
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

function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value !== null && typeof value === 'object')
    return `an object with ${Object.keys(value).length} members`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The violations as one sentence. */
export function violationText(violations: readonly Violation[]): string {
  return violations
    .slice(0, 5)
    .map(
      ({ path, expected, found }) =>
        `${path === '' ? 'the document' : path}: expected ${expected}, found ${found}`,
    )
    .concat(violations.length > 5 ? [`and ${violations.length - 5} more`] : [])
    .join('; ');
}
