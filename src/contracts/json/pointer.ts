import type { Json } from '../../event.js';
import { remembered } from '../../once.js';

const stepsOf = remembered((pointer) =>
  pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
);

/** The value at a JSON pointer (RFC 6901), or undefined where the path leads nowhere. `''` is the document itself. */
export function atPointer(document: Json, pointer: string): Json | undefined {
  if (pointer === '') return document;
  let value: Json | undefined = document;
  for (const key of stepsOf(pointer)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Array.isArray(value) ? value[Number(key)] : Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** The first pointer that leads to something that can be written as text: neither absent, null nor empty. */
export function firstText(document: Json, pointers: readonly string[]): string | undefined {
  for (const pointer of pointers) {
    const value = atPointer(document, pointer);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  }
  return undefined;
}
