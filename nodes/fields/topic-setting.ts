import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { Settings } from '../runtime/settings.js';

/** A topic to publish to, or what topics begin with; may be empty. What no broker takes is refused with the settings. */
export function topicSetting(settings: Settings, field: string, otherwise = ''): string {
  const topic = settings.text(field, otherwise);
  if (topic !== '') settings.check(field, () => assertTopic(topic));
  return topic;
}
