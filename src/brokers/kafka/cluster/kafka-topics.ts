import { GridwireError } from '../../../errors.js';
import { assertTopic, filterMatches } from '../../topic-filter.js';

const MAX_NAME = 249;

/**
 * The Kafka topic for a topic of Gridwire: MQTT's `/` becomes `.`, so `sites/7/telemetry` is `sites.7.telemetry`. A
 * name without `/` is taken as it is. One with both is refused, because it could not be told apart on the way back.
 * @throws GridwireError `TOPIC_ILLEGAL` for whatever Kafka does not allow in a name; nothing is ever replaced silently
 */
export function kafkaTopicOf(topic: string): string {
  assertTopic(topic);
  const name = topic.replaceAll('/', '.');
  const reason = faultOf(topic, name);
  if (reason === undefined) return name;
  const shown = JSON.stringify(topic.length > 120 ? `${topic.slice(0, 120)}…` : topic);
  throw new GridwireError('TOPIC_ILLEGAL', `The topic ${shown} cannot be a Kafka topic: ${reason}.`, {
    details: { topic },
  });
}

/** The topic of Gridwire for a Kafka topic, as the filter that selected it spells it. */
export function topicOfKafka(name: string, filter: string): string {
  const isKafkas = name === filter || (filter.includes('*') && !filter.includes('/'));
  return isKafkas ? name : name.replaceAll('.', '/');
}

/** True for a filter that stands for one topic. */
export function isExact(filter: string): boolean {
  return !/[+#*]/.test(filter);
}

/**
 * Whether a filter selects a Kafka topic: by MQTT's wildcards for levels, or by `*` for any characters of the name.
 * Wildcards leave out Kafka's internal topics, as MQTT's leave out `$SYS`.
 */
export function selects(filter: string, name: string): boolean {
  if (isExact(filter)) return filter.replaceAll('/', '.') === name;
  if (name.startsWith('__')) return false;
  return filter.includes('*')
    ? hasPattern(filter.replaceAll('/', '.'), name)
    : filterMatches(filter, name.replaceAll('.', '/'));
}

/** Takes for each `*` as little as will do, so that it needs no backtracking. */
function hasPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of rest) {
    at = name.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return at <= name.length - last.length;
}

/** `$share/group/filter`, MQTT's shared subscription, is Kafka's consumer group. */
export function splitShare(filter: string): { filter: string; group?: string } {
  const shared = /^\$share\/([^/]+)\/(.+)$/.exec(filter);
  return shared ? { group: shared[1] ?? '', filter: shared[2] ?? '' } : { filter };
}

function faultOf(topic: string, name: string): string | undefined {
  if (topic.includes('/') && topic.includes('.')) {
    return 'it contains both / and ., and Kafka has only . to separate levels';
  }
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'Kafka allows only letters, digits, ".", "_" and "-"';
  if (name.length > MAX_NAME) return `Kafka allows at most ${MAX_NAME} characters`;
  if (name === '.' || name === '..') return 'Kafka reserves the names "." and ".."';
  return undefined;
}
