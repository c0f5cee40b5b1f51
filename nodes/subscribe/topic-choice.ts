import { assertFilter } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { type TopicTemplate, joinPrefix } from '../../src/contracts/topic-template.js';
import { listOf } from '../../src/list.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { type GridwireMessage, textParameters } from '../runtime/messages.js';
import type { Settings } from '../runtime/settings.js';
import { parameterSettings } from './parameter-settings.js';

export interface TopicChoice {
  /** What to subscribe to. */
  filter: string;
  /**
   * A narrower filter, where the message names values for topic parameters that the settings leave open.
   * @throws GridwireError `IDENTIFIER_ILLEGAL` for a value that no topic can hold
   */
  narrowed: (message: GridwireMessage) => string | undefined;
}

/**
 * Which topics a node receives: those of its event type, narrowed by the values it has for their parameters (field
 * `parameters`), or a filter of the user's own (field `filter`).
 */
export function topicChoice(
  settings: Settings,
  contract: Contract | undefined,
  eventType: string,
  brokerNode: UsableBrokerNode | undefined,
): TopicChoice {
  if (contract === undefined || eventType === '') {
    const written = settings.required('filter', 'The topic filter');
    // Where a broker takes a list, each of its filters has the prefix.
    const filters = brokerNode?.broker.capabilities.log === true ? listOf(written) : [written];
    const joined = filters.map((filter) => joinPrefix(brokerNode?.topicPrefix ?? '', filter));
    for (const filter of joined) if (filter !== '') settings.check('filter', () => assertFilter(filter));
    return { filter: joined.join(', '), narrowed: () => undefined };
  }
  const topic = contract.types.find(({ name }) => name === eventType)?.topic;
  if (topic === undefined) return { filter: '', narrowed: () => undefined };
  const fixed = parameterSettings(settings, topic);
  const filter = settings.check('parameters', () => topic.filter(fixed)) ?? '';
  return { filter, narrowed: (message) => narrower(topic, fixed, filter, message) };
}

function narrower(
  topic: TopicTemplate,
  fixed: Record<string, string>,
  filter: string,
  message: GridwireMessage,
): string | undefined {
  const only = topic.filter({ ...textParameters(message), ...fixed });
  return only === filter ? undefined : only;
}
