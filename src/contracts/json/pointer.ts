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
    const text = textOf(atPointer(document, pointer));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The same for pointers that are asked for with each event. */
export function compileFirstText(pointers: readonly string[]): (document: Json) => string | undefined {
  const places = pointers.map(compilePointer);
  return (document) => {
    for (const valueIn of places) {
      const text = textOf(valueIn(document));
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
