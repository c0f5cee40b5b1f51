import type { EventType } from './event-type.js';
import { remembered } from '../once.js';
import type { TopicLevel } from './topic-level.js';

/** One level of all topics: what may come next. */
interface Place {
  /** Levels that are fixed text. */
  readonly texts: Map<string, Place>;
  /** Levels with placeholders. */
  readonly forms: { readonly level: TopicLevel; readonly next: Place }[];
  /** The types whose topic ends here. */
  readonly types: EventType[];
}

/** Finds the types of a topic level by level, so that it costs the same however many types a contract has. */
export class TopicIndex {
  private readonly root = newPlace();

  /** @param types in the order in which they are found */
  constructor(private readonly types: readonly EventType[]) {
    for (const type of types) this.add(type);
  }

  /**
   * The types of the most specific form that a topic has: `tracker/events/projects/created` is no "other event". Empty
   * where none fits.
   */
  readonly find = remembered((topic): readonly EventType[] => {
    const ends: Place[] = [];
    collect(this.root, topic, 0, ends);
    const [only, another] = ends;
    if (another === undefined) return only?.types ?? NONE;
    const fitting = ends.flatMap(({ types }) => types);
    const fewest = Math.min(...fitting.map((type) => type.topic.parameters.length));
    return this.types.filter((type) => fitting.includes(type) && type.topic.parameters.length === fewest);
  });

  private add(type: EventType): void {
    let place = this.root;
    for (const level of type.topic.levels) place = placeAfter(place, level);
    place.types.push(type);
  }
}

const NONE: readonly EventType[] = [];

function newPlace(): Place {
  return { texts: new Map(), forms: [], types: [] };
}

function placeAfter(place: Place, level: TopicLevel): Place {
  const known =
    level.fixed === undefined
      ? place.forms.find((form) => form.level.isSameAs(level))?.next
      : place.texts.get(level.fixed);
  if (known !== undefined) return known;
  const next = newPlace();
  if (level.fixed === undefined) place.forms.push({ level, next });
  else place.texts.set(level.fixed, next);
  return next;
}

/** Linear in the topic for each branch; templates have few. @param ends gets the places with types that the topic ends at */
function collect(place: Place, topic: string, start: number, ends: Place[]): void {
  const slash = topic.indexOf('/', start);
  const text = slash === -1 ? topic.slice(start) : topic.slice(start, slash);
  const end = slash === -1 ? undefined : slash + 1;
  const known = place.texts.get(text);
  if (known !== undefined) goOn(known, topic, end, ends);
  for (const { level, next } of place.forms) if (level.fits(text)) goOn(next, topic, end, ends);
}

/** @param start of the next level; undefined where there is none */
function goOn(next: Place, topic: string, start: number | undefined, ends: Place[]): void {
  if (start !== undefined) collect(next, topic, start, ends);
  else if (next.types.length > 0) ends.push(next);
}
