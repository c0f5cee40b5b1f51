import { GridwireError } from '../errors.js';
import { hasOnlyTopicCharacters } from './topic-characters.js';

/** MQTT's limit for a topic or filter, in UTF-8 bytes. */
const MAX_TOPIC_BYTES = 65_535;

/**
 * Refuses a topic that a broker would close the connection for, or that would address something else than meant.
 * mqtt.js publishes wildcards unchecked and then re-sends the poison on every reconnect.
 * @throws GridwireError `TOPIC_ILLEGAL`
 */
export function assertTopic(topic: string): void {
  const reason = commonFault(topic) ?? (/[+#]/.test(topic) ? 'it contains a wildcard (+ or #)' : undefined);
  if (reason !== undefined) {
    throw new GridwireError('TOPIC_ILLEGAL', `The topic ${quote(topic)} cannot be published to: ${reason}.`, {
      details: { topic },
    });
  }
}

/**
 * Refuses a subscription filter that is not valid MQTT.
 * @throws GridwireError `FILTER_ILLEGAL`
 */
export function assertFilter(filter: string): void {
  const reason = commonFault(filter) ?? wildcardFault(filter);
  if (reason !== undefined) {
    throw new GridwireError('FILTER_ILLEGAL', `The topic filter ${quote(filter)} is not valid: ${reason}.`, {
      details: { filter },
    });
  }
}

/** Whether an MQTT filter selects a topic. `a/#` also selects `a`; wildcards never select `$`-topics at the first level. */
export function filterMatches(filter: string, topic: string): boolean {
  const shared = /^\$share\/[^/]+\/(.+)$/.exec(filter);
  const pattern = (shared?.[1] ?? filter).split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (pattern[0] === '+' || pattern[0] === '#')) return false;
  for (const [index, part] of pattern.entries()) {
    if (part === '#') return true;
    if (index >= levels.length) return false;
    if (part !== '+' && part !== levels[index]) return false;
  }
  return pattern.length === levels.length;
}

/** Whether every topic that the inner filter selects is selected by the outer one. */
export function filterCovers(outer: string, inner: string): boolean {
  const [around, within] = [outer.split('/'), inner.split('/')];
  for (const [index, level] of around.entries()) {
    const part = within[index];
    if (level === '#') return true;
    if (part === undefined || part === '#') return false;
    if (level !== '+' && level !== part) return false;
  }
  return around.length === within.length;
}

/** Whether some topic is selected by both filters. */
export function filtersOverlap(one: string, other: string): boolean {
  const [left, right] = [one.split('/'), other.split('/')];
  for (let index = 0; ; index += 1) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined && b === undefined) return true;
    if (a === '#' || b === '#') return true;
    if (a === undefined || b === undefined) return false;
    if (a !== b && a !== '+' && b !== '+') return false;
  }
}

function commonFault(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (!hasOnlyTopicCharacters(text)) return 'it contains a control character or an invalid character';
  if (Buffer.byteLength(text) > MAX_TOPIC_BYTES) return `it is longer than ${MAX_TOPIC_BYTES} bytes`;
  return undefined;
}

function wildcardFault(filter: string): string | undefined {
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1)) {
      return '# must stand alone as the last level';
    }
    if (level.includes('+') && level !== '+') return '+ must stand alone in its level';
  }
  if (levels[0] === '$share' && (levels.length < 3 || levels[1] === '')) {
    return 'a shared subscription has the form $share/group/filter';
  }
  return undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
