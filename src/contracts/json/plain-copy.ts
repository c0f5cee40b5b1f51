import type { Json } from '../../event.js';

/**
 * A copy of what nearly all messages hold: plain objects and lists of texts, numbers, truth values and null. It keeps the
 * shape of each object, which costs less than adding its members one by one.
 * @param depthLeft how many objects in one another there may still be
 * @returns undefined where anything else is met, or the depth is used up: then somebody else has to look at the value
 */
export function plainCopy(value: unknown, depthLeft: number): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || depthLeft <= 0) return undefined;
  try {
    return Array.isArray(value) ? copyOfList(value, depthLeft - 1) : copyOfObject(value, depthLeft - 1);
  } catch {
    // A flow's own objects may run code when they are read.
    return undefined;
  }
}

function copyOfList(list: readonly unknown[], depthLeft: number): Json[] | undefined {
  const copy: Json[] = [];
  for (const item of list) {
    const made = plainCopy(item, depthLeft);
    if (made === undefined) return undefined;
    copy.push(made);
  }
  return copy;
}

function copyOfObject(value: object, depthLeft: number): Json | undefined {
  if (!isPlain(value)) return undefined;
  const copy = { ...value } as Record<string, Json>;
  // All are its own, and no symbols: these would go along unseen.
  if (Object.getOwnPropertySymbols(copy).length > 0) return undefined;
  for (const name in copy) {
    if (name === '__proto__') return undefined;
    const member = copy[name];
    if (typeof member === 'string') continue;
    const made = plainCopy(member, depthLeft);
    if (made === undefined) return undefined;
    if (made === member) continue;
    // What somebody has added to every object there is, this loop meets too.
    if (!Object.hasOwn(copy, name)) return undefined;
    copy[name] = made;
  }
  return copy;
}

/**
 * Made by nobody's class and saying nothing of JSON itself: what nearly all are, so that the other questions are saved.
 * What a function node makes has an `Object.prototype` of its own, which nothing stands behind, either.
 */
export function isPlain(value: object): boolean {
  return isNobodys(value) && !('toJSON' in value);
}

/** The first half of that question. */
export function isNobodys(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Object.prototype || (prototype !== null && Object.getPrototypeOf(prototype) === null);
}
