import type { Json } from '../event.js';
import type { EventType } from './event-type.js';

/**
 * The type of which a body shows most marks, of those that share a topic; where several show as many, the first whose
 * schemas accept it. One without marks takes what no other recognises.
 */
export function recognised(candidates: readonly EventType[], body: Json): EventType | undefined {
  let [most, best] = [0, [] as EventType[]];
  for (const type of candidates) {
    if (type.documentOf(body) === undefined) continue;
    const marks = type.marksOf(body);
    if (marks === undefined || marks < most) continue;
    if (marks > most) [most, best] = [marks, []];
    best.push(type);
  }
  return best.length > 1 ? (best.find((type) => accepts(type, body)) ?? best[0]) : best[0];
}

function accepts(type: EventType, body: Json): boolean {
  const document = type.documentOf(body);
  return document !== undefined && type.violations(document).length === 0;
}
