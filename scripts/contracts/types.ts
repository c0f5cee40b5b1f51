import { format, resolveConfig } from 'prettier';
import type { ContractData } from '../../src/contracts/contract-data.js';
import type { Json, JsonObject } from '../../src/event.js';

const NOTE = '// Made by "npm run docs" from the payload schemas; changes here are lost.';

/** TypeScript types for the payloads of a contract. */
export async function payloadTypes(data: ContractData): Promise<string> {
  const types = Object.entries(data.types).map(
    ([name, type]) =>
      `/** ${type.title}. ${type.description} */\nexport type ${pascal(name)} = ${typeOf(type.payload)};`,
  );
  const map = Object.keys(data.types).map((name) => `${JSON.stringify(name)}: ${pascal(name)};`);
  return pretty(
    [
      NOTE,
      ...types,
      `/** The payload of each event type of ${data.name}. */`,
      `export interface ${pascal(data.name)}Payloads { ${map.join('\n')} }`,
    ].join('\n\n'),
  );
}

export async function indexOfTypes(all: readonly ContractData[]): Promise<string> {
  const lines = all.map(({ name }) => `export type { ${pascal(name)}Payloads } from './${name}.js';`);
  return pretty([NOTE, lines.join('\n')].join('\n\n'));
}

function pretty(source: string): Promise<string> {
  return resolveConfig(__filename).then((config) => format(source, { ...config, parser: 'typescript' }));
}

function typeOf(schema: JsonObject): string {
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  for (const [keyword, toType] of [
    ['enum', (value: Json) => JSON.stringify(value)],
    ['anyOf', (value: Json) => typeOf(value as JsonObject)],
  ] as const) {
    const options = schema[keyword];
    if (Array.isArray(options)) return union(options.map(toType));
  }
  const { type } = schema;
  const names = Array.isArray(type) ? type : [type ?? 'any'];
  return union(names.map((name) => typeNamed(name as string, schema)));
}

function typeNamed(name: string, schema: JsonObject): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return name;
    case 'array':
      return `(${typeOf((schema['items'] ?? {}) as JsonObject)})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType(schema: JsonObject): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>);
  const required = new Set((schema['required'] ?? []) as string[]);
  const others = schema['additionalProperties'];
  const members = properties.map(([name, property]) => {
    const { description = '', 'x-unit': unit } = property as Record<string, string | undefined>;
    const comment = `${description}${unit === undefined ? '' : ` Unit: ${unit}.`}`.trim();
    const note = comment === '' ? '' : `/** ${comment} */\n`;
    return `${note}${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(property)};`;
  });
  const open =
    others === false
      ? ''
      : properties.length === 0 && typeof others === 'object'
        ? `[member: string]: ${typeOf(others as JsonObject)};`
        : '[member: string]: unknown;';
  return `{ ${[...members, open].join('\n')} }`;
}

function union(types: string[]): string {
  return [...new Set(types)].join(' | ');
}

export function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
