import type { EventType } from './event-type.js';
import { type TopicLevel, endOfLevel } from './topic-level.js';
import type { TopicTemplate } from './topic-template.js';

/** So many texts are compared where they stand in the topic; to look one up, it has to be cut out of it. */
const FEW = 8;

/** What a topic ends at: the types of one form, or of several that are as specific. */
interface End {
  readonly types: readonly EventType[];
  /** How many placeholders the form has. */
  readonly parameters: number;
}

/** Where a level of all topics ends: what may come next, and the types whose topic ends here. */
class Place implements End {
  readonly types: EventType[] = [];
  /** Next levels that are fixed text. */
  private readonly texts = new Map<string, Place>();
  /** The same, where they are few. */
  private readonly fewTexts: { readonly text: string; readonly next: Place }[] = [];
  /** Next levels with placeholders. */
  private readonly forms: { readonly level: TopicLevel; readonly next: Place }[] = [];

  constructor(readonly parameters: number) {}

  /** The place after a level, made where there is none. */
  after(level: TopicLevel): Place {
    const { fixed } = level;
    const known =
      fixed === undefined
        ? this.forms.find((form) => form.level.isSameAs(level))?.next
        : this.texts.get(fixed);
    if (known !== undefined) return known;
    const next = new Place(this.parameters + level.parameters.length);
    if (fixed === undefined) this.forms.push({ level, next });
    else {
      this.texts.set(fixed, next);
      if (this.fewTexts.length < FEW) this.fewTexts.push({ text: fixed, next });
    }
    return next;
  }

  /**
   * Linear in the topic for each branch; templates have few.
   * @param start of the next level; beyond the topic where there is none
   * @returns the most specific of the places that the topic ends at
   */
  endOf(topic: string, start: number): End | undefined {
    if (start > topic.length) return this.types.length > 0 ? this : undefined;
    let found = this.afterText(topic, start);
    if (this.forms.length === 0) return found;
    const end = endOfLevel(topic, start);
    for (const { level, next } of this.forms) {
      if (level.fitsAny || level.fits(topic.slice(start, end)))
        found = moreSpecific(found, next.endOf(topic, end + 1));
    }
    return found;
  }

  /** The same for a level that is fixed text. */
  private afterText(topic: string, start: number): End | undefined {
    if (this.texts.size > FEW) {
      const end = endOfLevel(topic, start);
      return this.texts.get(topic.slice(start, end))?.endOf(topic, end + 1);
    }
    for (const { text, next } of this.fewTexts) {
      const end = start + text.length;
      if (topic.startsWith(text, start) && (end === topic.length || topic.charCodeAt(end) === SLASH))
        return next.endOf(topic, end + 1);
    }
    return undefined;
  }
}

const SLASH = '/'.charCodeAt(0);

function moreSpecific(one: End | undefined, other: End | undefined): End | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.parameters !== other.parameters) return one.parameters < other.parameters ? one : other;
  return { types: [...one.types, ...other.types], parameters: one.parameters };
}

/** Finds the types of a topic level by level, so that it costs the same however many types a contract has. */
export class TopicIndex {
  private readonly root = new Place(0);
  private readonly order: ReadonlyMap<EventType, number>;
  private readonly alwaysFound = new Map<EventType, boolean>();

  /** @param types in the order in which they are found */
  constructor(types: readonly EventType[]) {
    this.order = new Map(types.map((type, index) => [type, index]));
    for (const type of types) {
      let place = this.root;
      for (const level of type.topic.levels) place = place.after(level);
      place.types.push(type);
    }
  }

  /**
   * The types of the most specific form that a topic has: `tracker/events/projects/created` is no "other event". Empty
   * where none fits.
   */
  find(topic: string): readonly EventType[] {
    const end = this.root.endOf(topic, 0);
    if (end === undefined) return NONE;
    return end instanceof Place ? end.types : this.inOrder(end.types);
  }

  /**
   * Whether each topic that is made of a type is found to be of that type, so that none need be looked up: no form with
   * fewer placeholders can have the same topic.
   */
  isAlwaysFound(type: EventType): boolean {
    let isFound = this.alwaysFound.get(type);
    if (isFound === undefined) {
      const { topic } = type;
      const isBefore = (other: TopicTemplate): boolean =>
        other.parameters.length < topic.parameters.length && other.mayMeet(topic);
      isFound = ![...this.order.keys()].some((other) => isBefore(other.topic));
      this.alwaysFound.set(type, isFound);
    }
    return isFound;
  }

  private inOrder(types: readonly EventType[]): readonly EventType[] {
    const of = (type: EventType) => this.order.get(type) ?? 0;
    return types.toSorted((one, other) => of(one) - of(other));
  }
}

const NONE: readonly EventType[] = [];
