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
    const fitting: EventType[] = [];
    collect(this.root, topic, 0, fitting);
    if (fitting.length < 2) return fitting;
    const fewest = Math.min(...fitting.map((type) => type.topic.parameters.length));
    const specific = fitting.filter((type) => type.topic.parameters.length === fewest);
    return specific.length < 2 ? specific : this.types.filter((type) => specific.includes(type));
  });

  private add(type: EventType): void {
    let place = this.root;
    for (const level of type.topic.levels) place = placeAfter(place, level);
    place.types.push(type);
  }
}

function newPlace(): Place {
  return { texts: new Map(), forms: [], types: [] };
}

function placeAfter(place: Place, level: TopicLevel): Place {
  const next = newPlace();
  if (level.fixed === undefined) {
    place.forms.push({ level, next });
    return next;
  }
  const known = place.texts.get(level.fixed);
  if (known === undefined) place.texts.set(level.fixed, next);
  return known ?? next;
}

/** Linear in the topic for each branch; templates have few. */
function collect(place: Place, topic: string, start: number, into: EventType[]): void {
  const slash = topic.indexOf('/', start);
  const text = slash === -1 ? topic.slice(start) : topic.slice(start, slash);
  const nexts: Place[] = [];
  const known = place.texts.get(text);
  if (known !== undefined) nexts.push(known);
  for (const { level, next } of place.forms) if (level.fits(text)) nexts.push(next);
  for (const next of nexts)
    if (slash === -1) into.push(...next.types);
    else collect(next, topic, slash + 1, into);
}
