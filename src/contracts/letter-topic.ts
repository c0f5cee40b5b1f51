import { joinPrefix } from './topic-template.js';

/** Part of a topic by which everybody knows that letters lie there. */
const LETTER_LEVEL = 'dlt';

export interface LetterPlaces {
  /** `{topic}` in it is the topic, `{topicFlat}` the same with `_` for `/`. */
  rule: string;
  /** The contract's prefix, which a rule that begins with the topic has already. */
  prefix: string;
  isOfEvent: (topic: string) => boolean;
}

/**
 * Where the letters of a topic lie: by the rule, or one level below the topic where the rule's place is one of events, as it
 * is where a topic ends with a name. A letter there would be the next message of a device `001-dlt`.
 */
export function letterTopic(topic: string, { rule, prefix, isOfEvent }: LetterPlaces): string {
  const flat = topic.replaceAll('/', '_');
  // By functions: a `$` in a topic would mean something else.
  const filled = rule.replaceAll(/\{topic(Flat)?\}/g, (place) => (place === '{topic}' ? topic : flat));
  const byRule = rule.startsWith('{topic}') ? filled : joinPrefix(prefix, filled);
  if (!isOfEvent(byRule)) return byRule;
  let below = `${topic}/${LETTER_LEVEL}`;
  while (isOfEvent(below)) below += `/${LETTER_LEVEL}`;
  return below;
}
