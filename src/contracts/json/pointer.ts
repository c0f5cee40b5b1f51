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
  return pointer === '' ? document : follow(document, stepsOf(pointer));
}

/** The same for a pointer that is asked for with each event. */
export function compilePointer(pointer: string): (document: Json) => Json | undefined {
  if (pointer === '') return (document) => document;
  const steps = stepsOf(pointer);
  return (document) => follow(document, steps);
}

function follow(document: Json, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const key of steps) {
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
