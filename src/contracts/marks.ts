import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../event.js';
import type { EventTypeData } from './contract-data.js';
import { compilePointer } from './json/pointer.js';

/** How many marks of a type a body shows: 0 for a type that names none; undefined where one is missing or has another value. */
export function compileMarks({
  recognisedBy = [],
  recognisedValues = {},
}: EventTypeData): (body: Json) => number | undefined {
  const members = recognisedBy.map(compilePointer);
  const limited = Object.entries(recognisedValues).map(([pointer, allowed]) => ({
    valueIn: compilePointer(pointer),
    allowed,
  }));
  return (body) => {
    for (const valueIn of members) if (valueIn(body) === undefined) return undefined;
    let marks = members.length;
    for (const { valueIn, allowed } of limited) {
      const value = valueIn(body);
      if (value === undefined) continue;
      if (!allowed.some((each) => isDeepStrictEqual(each, value))) return undefined;
      marks += 1;
    }
    return marks;
  };
}
