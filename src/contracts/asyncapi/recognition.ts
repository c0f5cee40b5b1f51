import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';
import { escaped } from './references.js';

/** How deep members are looked at. */
const MAX_DEPTH = 4;

/**
 * By what a document shows that it is of a type: the members its schema requires, and those that can have one value or a
 * few. Messages of one channel are told apart so.
 */
export function recognition(schema: JsonObject): {
  recognisedBy?: string[];
  recognisedValues?: Record<string, Json[]>;
} {
  const required = new Set<string>();
  const values: Record<string, Json[]> = {};
  look(schema, '', 0, required, values);
  // What is required of a member that may be missing says nothing about a document without it.
  const recognisedBy = [...required].filter((pointer) => parentsOf(pointer).every((at) => required.has(at)));
  return {
    ...(recognisedBy.length === 0 ? {} : { recognisedBy }),
    ...(Object.keys(values).length === 0 ? {} : { recognisedValues: values }),
  };
}

/** `/a`, `/a/b` for `/a/b/c`. */
function parentsOf(pointer: string): string[] {
  const steps = pointer.split('/').slice(1, -1);
  return steps.map((_step, index) => `/${steps.slice(0, index + 1).join('/')}`);
}

function look(
  schema: JsonObject,
  at: string,
  depth: number,
  required: Set<string>,
  values: Record<string, Json[]>,
): void {
  const allowed = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (at !== '' && Array.isArray(allowed)) values[at] ??= allowed;
  if (depth > MAX_DEPTH) return;
  const names = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const name of names) if (typeof name === 'string') required.add(`${at}/${escaped(name)}`);
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  for (const [name, member] of properties) {
    if (isObject(member)) look(member, `${at}/${escaped(name)}`, depth + 1, required, values);
  }
  const all = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  for (const part of all) if (isObject(part)) look(part, at, depth + 1, required, values);
}

/** Whether a payload is an object by its schema; where it may be something else, the body is the payload alone. */
export function isObjectSchema(schema: JsonObject): boolean {
  const { type } = schema;
  if (type !== undefined) return type === 'object';
  if (isObject(schema['properties']) || Array.isArray(schema['required'])) return true;
  const all = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  return all.some((part) => isObject(part) && isObjectSchema(part));
}
