import { assertFilter, filterMatches } from '../brokers/topic-filter.js';
import { GridwireError } from '../errors.js';

/** What a client of a stream wants to see. */
export interface Wish {
  /** Kinds of events; undefined for all. */
  kinds: readonly string[] | undefined;
  /** MQTT topic filters, any of which may match; undefined for all topics. */
  topics: readonly string[] | undefined;
  /** Each event within an object that names its topic and kind, instead of as it came. */
  withTopic: boolean;
}

/** What a client says: what it wants, and who it is. */
export interface Said {
  wish: Wish | undefined;
  token: string | undefined;
}

export const EVERYTHING: Wish = { kinds: undefined, topics: undefined, withTopic: false };

/** Most kinds and most filters of a client, each of them compared with every event. */
const MOST = 50;
/** Characters of one. */
const LONGEST = 1_024;
const MEMBERS = ['kinds', 'topics', 'withTopic', 'token'];

/**
 * Reads what a client sent: `{"kinds": […], "topics": […], "withTopic": true, "token": "…"}`, all of them optional. What
 * it names takes the place of all it wanted before; with a token alone it wants what it wanted.
 * @throws GridwireError `BODY_NOT_JSON`, `SETTING_INVALID`, `FILTER_ILLEGAL`
 */
export function readSaid(text: string): Said {
  const said = objectOf(text);
  const unknown = Object.keys(said).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined)
    throw refused(`There is no "${unknown.slice(0, 40)}"; there are ${MEMBERS.join(', ')}.`);
  const { kinds, topics, withTopic, token, ...none } = said;
  if (token !== undefined && typeof token !== 'string') throw refused('"token" must be text.');
  if (withTopic !== undefined && typeof withTopic !== 'boolean')
    throw refused('"withTopic" must be true or false.');
  const filters = textsOf('topics', topics);
  filters?.forEach(assertFilter);
  const wish = { kinds: textsOf('kinds', kinds), topics: filters, withTopic: withTopic === true, ...none };
  const isTokenAlone = token !== undefined && Object.keys(said).length === 1;
  return { wish: isTokenAlone ? undefined : wish, token };
}

/** Whether a client wants an event. */
export function isWanted({ kinds, topics }: Wish, kind: string, topic: string): boolean {
  if (kinds?.includes(kind) === false) return false;
  return topics?.some((filter) => filterMatches(filter, topic)) !== false;
}

function objectOf(text: string): Record<string, unknown> {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new GridwireError('BODY_NOT_JSON', 'What you sent is not JSON.', { cause });
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    throw refused(`Send an object with ${MEMBERS.join(', ')}.`);
  return said as Record<string, unknown>;
}

function textsOf(name: string, given: unknown): string[] | undefined {
  if (given === undefined) return undefined;
  const isList = Array.isArray(given) && given.length > 0 && given.length <= MOST;
  if (!isList || !given.every((each) => typeof each === 'string' && each.length <= LONGEST))
    throw refused(`"${name}" must be a list of 1 to ${MOST} texts of at most ${LONGEST} characters.`);
  return given as string[];
}

function refused(message: string): GridwireError {
  return new GridwireError('SETTING_INVALID', message);
}
