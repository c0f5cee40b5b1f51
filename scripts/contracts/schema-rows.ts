import type { Json, JsonObject } from '../../src/event.js';
import { cell, code } from './markdown.js';

/** One row for each member that a schema describes: member, type, required, unit, rule. */
export function schemaRows(schema: JsonObject, prefix = ''): string[][] {
  const properties = objectAt(schema, 'properties');
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const rows = Object.entries(properties).flatMap(([name, value]) => {
    const property = value as JsonObject;
    const path = `${prefix}${name}`;
    const row = [
      code(path),
      typeText(property),
      required.has(name) ? 'yes' : '',
      text(property, 'x-unit'),
      rules(property),
    ];
    return [
      row,
      ...schemaRows(property, `${path}.`),
      ...schemaRows(objectAt(property, 'items'), `${path}[].`),
    ];
  });
  const others = objectAt(schema, 'additionalProperties');
  return Object.keys(others).length === 0 ? rows : [...rows, ...schemaRows(others, `${prefix}*.`)];
}

function typeText(schema: JsonObject): string {
  if (schema['const'] !== undefined) return code(JSON.stringify(schema['const']));
  if (Array.isArray(schema['enum']))
    return schema['enum'].map((value) => code(JSON.stringify(value))).join(', ');
  if (Array.isArray(schema['anyOf']))
    return schema['anyOf'].map((one) => typeText(one as JsonObject)).join(' or ');
  const type = schema['type'];
  const format = schema['format'] === undefined ? '' : ` (${text(schema, 'format')})`;
  return `${Array.isArray(type) ? (type as string[]).join(' or ') : text(schema, 'type') || 'any'}${format}`;
}

function rules(schema: JsonObject): string {
  const parts = [
    text(schema, 'description'),
    ...['minimum', 'maximum', 'pattern'].flatMap((rule) =>
      schema[rule] === undefined ? [] : [`${rule} ${code(String(schema[rule] as string | number))}`],
    ),
    text(schema, 'x-kind'),
    text(schema, 'x-sign'),
  ];
  return cell(parts.filter((part) => part !== '').join('; '));
}

function objectAt(schema: JsonObject, name: string): JsonObject {
  const value: Json | undefined = schema[name];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function text(schema: JsonObject, name: string): string {
  const value = schema[name];
  return typeof value === 'string' ? value : '';
}
