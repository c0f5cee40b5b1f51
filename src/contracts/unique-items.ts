import type { KeywordDefinition } from 'ajv';
import type { Json } from '../event.js';

/**
 * `uniqueItems` in a time that grows with the array's size. The compiler's own compares every item with every other,
 * which takes minutes for an array of a megabyte.
 */
export const UNIQUE_ITEMS: KeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must NOT have duplicate items' },
  validate: (wanted: boolean, items: Json[]) =>
    !wanted || new Set(items.map(canonical)).size === items.length,
};

/** One text for all spellings of one value: members in the order of their names, -0 as 0. */
function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(',')}}`;
}
