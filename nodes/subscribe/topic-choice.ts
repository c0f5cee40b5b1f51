import type { MessageTest, Wanted } from '../../src/brokers/broker.js';
import { assertFilter, filtersOverlap } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { checkParameter } from '../../src/contracts/parameter.js';
import { type TopicTemplate, joinFilterPrefix } from '../../src/contracts/topic-template.js';
import type { InboundMessage } from '../../src/event.js';
import { listOf } from '../../src/list.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { type GridwireMessage, textParameters } from '../runtime/messages.js';
import type { Settings } from '../runtime/settings.js';
import type { MessageReader } from './message-reader.js';
import { parameterSettings } from './parameter-settings.js';

export interface TopicChoice {
  /** What to subscribe to. */
  filter: string;
  /** Which of the messages that the filter selects are meant; all of them where it is absent. */
  wanted?: Wanted;
  /**
   * A narrower choice, where the message names values for topic parameters that the settings leave open.
   * @throws GridwireError `IDENTIFIER_ILLEGAL` for a value that no topic can hold
   */
  narrowed: (message: GridwireMessage) => MessageTest | undefined;
}

/**
 * Which topics a node receives: those of its event type and no others, narrowed by the values it has for their parameters (field
 * `parameters`), or a filter of the user's own (field `filter`).
 */
export function topicChoice(
  settings: Settings,
  contract: Contract | undefined,
  eventType: string,
  brokerNode: UsableBrokerNode | undefined,
  reader: MessageReader,
): TopicChoice {
  if (contract === undefined || eventType === '') {
    const written = settings.required('filter', 'The topic filter');
    // Where a broker takes a list, each of its filters has the prefix.
    const filters = brokerNode?.broker.capabilities.log === true ? listOf(written) : [written];
    const joined = filters.map((filter) => joinFilterPrefix(brokerNode?.topicPrefix ?? '', filter));
    for (const filter of joined) if (filter !== '') settings.check('filter', () => assertFilter(filter));
    return { filter: joined.join(', '), narrowed: () => undefined };
  }
  const topic = contract.types.find(({ name }) => name === eventType)?.topic;
  if (topic === undefined) return { filter: '', narrowed: () => undefined };
  const fixed = parameterSettings(settings, topic);
  const filter = settings.check('parameters', () => topic.filter(fixed)) ?? '';
  const narrowed = (message: GridwireMessage): MessageTest | undefined => narrower(topic, fixed, message);
  const others = contract.types.filter(({ name }) => name !== eventType);
  const isShared =
    topic.isWidened(fixed) || others.some((other) => filtersOverlap(other.topic.filter(), filter));
  if (!isShared) return { filter, narrowed };
  const wanted = {
    name: JSON.stringify([contract.name, contract.dialect, eventType, fixed]),
    test: (message: InboundMessage): boolean => contract.isOf(reader.inner(message), eventType, fixed),
  };
  return { filter, wanted, narrowed };
}

function narrower(
  topic: TopicTemplate,
  fixed: Record<string, string>,
  message: GridwireMessage,
): MessageTest | undefined {
  const asked = textParameters(message);
  const open = topic.parameters.filter(({ name }) => asked[name] !== undefined && fixed[name] === undefined);
  if (open.length === 0) return undefined;
  for (const { name, definition } of open) checkParameter(name, definition, asked[name]);
  const values = { ...asked, ...fixed };
  return (found) => {
    try {
      return topic.has(found.topic, values);
    } catch {
      // A value that is not allowed is none that was asked for.
      return false;
    }
  };
}
