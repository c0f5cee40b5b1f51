import type { Json } from '../../event.js';

/** What this version of JavaScript has, and its types do not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** The JSON text of a document. JSON.stringify writes -0 as 0; here it keeps its sign. */
export function jsonText(value: Json): string {
  if (!hasNegativeZero(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_name, member: unknown) => (Object.is(member, -0) ? rawJSON('-0') : member));
}

/** Asked of each document that is written: what is no number and no object costs nothing here. */
function hasNegativeZero(value: Json): boolean {
  if (typeof value === 'number') return Object.is(value, -0);
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string' && hasNegativeZero(item)) return true;
    return false;
  }
  for (const name in value) {
    const member = value[name] ?? null;
    if (typeof member === 'number' && Object.is(member, -0)) return true;
    // What every object inherits leads back to itself.
    if (
      typeof member === 'object' &&
      member !== null &&
      Object.hasOwn(value, name) &&
      hasNegativeZero(member)
    )
      return true;
  }
  return false;
}
