import type { Json } from '../../event.js';

/** What this version of JavaScript has, and its types do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** The JSON text of a document. JSON.stringify writes -0 as 0; here it keeps its sign. */
export function jsonText(value: Json): string {
  if (!hasNegativeZero(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_name, member: unknown) => (Object.is(member, -0) ? rawJSON('-0') : member));
}

function hasNegativeZero(value: Json): boolean {
  if (typeof value === 'number') return value === 0 && Object.is(value, -0);
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(hasNegativeZero);
  for (const name in value) if (hasNegativeZero(value[name] ?? null)) return true;
  return false;
}
