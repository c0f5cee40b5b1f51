import type { NodeDef } from 'node-red';
import { type UsableBrokerNode, brokerSetting } from '../runtime/broker-node.js';
import { contractSetting, eventTypeSetting } from '../fields/contract-setting.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import type { TypedValue } from '../runtime/evaluate.js';
import { ClearedValues } from '../inbound/cleared-values.js';
import { InboundSource } from '../inbound/inbound-source.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { partitionSettings } from '../fields/partition-settings.js';
import { settlementSettings } from '../fields/settlement-settings.js';
import { duplicateSetting } from './duplicate-setting.js';
import { logSettings } from './log-settings.js';
import { MessageReader } from './message-reader.js';
import { pullSettings } from './pull-settings.js';
import { PullSource } from './pull-source.js';
import { type TopicChoice, topicChoice } from './topic-choice.js';

export interface SubscribeConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  /** With a contract: the type whose topics to subscribe to; `''` for a filter of one's own, parsed by the contract. */
  eventType: string;
  /** With an event type: values for its topic's parameters; without one for each, all values are received. */
  parameters?: (TypedValue & { name: string })[];
  filter: string;
  /** Takes CloudEvents out of their envelope. */
  cloudEvents?: boolean;
  /** `push`: events are sent as they come. `pull`: they are collected, and sent when a message asks for them. */
  mode?: string;
  /** 1 in pull mode, for the editor. */
  inputs?: number;
  qos: string;
  window: string | number;
  settlement: string;
  /** Without a store, failed events wait in memory, unsettled. */
  store: string;
  /** Drops events whose id was dealt with before; needs a contract with an id, and a store. */
  removeDuplicates: boolean;
  duplicateHours: string | number;
  /** Kafka: see `logSettings`. */
  group: string;
  startAt: string;
  startTime: string;
  startOffsets: string;
  partitionWindow: string | number;
  settleTimeout: string | number;
  caughtHandled: boolean;
  shared?: boolean;
  sharedGroup?: string;
  partitions?: string;
  partitionRest?: boolean;
  pullAction?: string;
  pullForm?: string;
  pullLimit?: string | number;
  pullTimeout?: string | number;
  pullCapacity?: string | number;
}

/** What both modes need. */
interface Source {
  brokerNode: UsableBrokerNode | undefined;
  reader: MessageReader;
  topics: TopicChoice;
}

export function setUp(tools: NodeTools<SubscribeConfig>): NodeBehaviour {
  const { settings } = tools;
  const brokerNode = brokerSetting(settings);
  const contract = contractSetting(settings, brokerNode?.topicPrefix ?? '');
  const reader = new MessageReader(contract, settings.flag('cloudEvents', false));
  const topics = topicChoice(settings, contract, eventTypeSetting(settings, contract), brokerNode, reader);
  const mode = settings.choice('mode', ['push', 'pull'], 'push');
  return (mode === 'pull' ? pull : push)(tools, { brokerNode, reader, topics });
}

function push(tools: NodeTools<SubscribeConfig>, { brokerNode, reader, topics }: Source): NodeBehaviour {
  const { settings } = tools;
  const { contract } = reader;
  const qos = Number(settings.choice('qos', ['0', '1', '2'], '1')) as 0 | 1 | 2;
  const settlement = settlementSettings(settings, qos === 0 ? 'receipt' : 'completion');
  const log = logSettings(settings, brokerNode?.broker);
  const duplicates = duplicateSetting(settings, reader, settlement);
  const shared = partitionSettings(settings, brokerNode, { filter: topics.filter, qos }, settlement);
  settings.finish();
  if (brokerNode === undefined) return {};

  const cleared = new ClearedValues(contract, brokerNode.id, tools.repeats);
  const source = new InboundSource(tools, {
    brokerNode,
    settlement,
    contract,
    ...(duplicates === undefined ? {} : { duplicates }),
    ...(shared === undefined ? {} : { shared }),
    rejected: 1,
    outputs: 2,
    messages: (message, attempt) =>
      topics.wanted?.test(message) === false || cleared.isCleared(message)
        ? []
        : [[{ ...reader.read(message), attempt }, null]],
    deadLetterTopic: ({ topic }) => contract?.deadLetterTopic(topic),
  });
  source.start(topics.filter, { qos, ...log });
  return { onClose: (removed) => source.stop(removed) };
}

function pull(tools: NodeTools<SubscribeConfig>, { brokerNode, reader, topics }: Source): NodeBehaviour {
  const pulling = pullSettings(tools.settings);
  tools.settings.finish();
  if (brokerNode === undefined) return {};

  const source = new PullSource(tools, { brokerNode, reader, ...topics, settings: pulling });
  return {
    onInput: (message: GridwireMessage, send) => source.pull(message, send),
    onClose: () => source.stop(),
  };
}
