import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../event.js';
import type { EventType } from './event-type.js';
import { atPointer } from './json/pointer.js';

/**
 * The type of which a body shows most marks, of those that share a topic; where several show as many, the first whose
 * schemas accept it. One without marks takes what no other recognises.
 */
export function recognised(candidates: readonly EventType[], body: Json): EventType | undefined {
  const shown = candidates.flatMap((type) => {
    const marks = type.documentOf(body) === undefined ? undefined : marksOf(type, body);
    return marks === undefined ? [] : [{ type, marks }];
  });
  const most = Math.max(...shown.map(({ marks }) => marks));
  const best = shown.filter(({ marks }) => marks === most).map(({ type }) => type);
  return best.length > 1 ? (best.find((type) => accepts(type, body)) ?? best[0]) : best[0];
}

/** 0 for a type that names none; undefined where a mark is missing or has another value. */
function marksOf({ data: { recognisedBy, recognisedValues } }: EventType, body: Json): number | undefined {
  const members = recognisedBy ?? [];
  if (!members.every((pointer) => atPointer(body, pointer) !== undefined)) return undefined;
  let marks = members.length;
  for (const [pointer, allowed] of Object.entries(recognisedValues ?? {})) {
    const value = atPointer(body, pointer);
    if (value === undefined) continue;
    if (!allowed.some((each) => isDeepStrictEqual(each, value))) return undefined;
    marks += 1;
  }
  return marks;
}

function accepts(type: EventType, body: Json): boolean {
  const document = type.documentOf(body);
  return document !== undefined && type.violations(document).length === 0;
}
