import type { NodeAPI, NodeDef } from 'node-red';
import { assertFilter } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { InboundMessage } from '../../src/event.js';
import { brokerSetting } from '../shared/broker-node.js';
import { contractSetting, eventTypeSetting } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import { InboundSource } from '../shared/inbound-source.js';
import { type GridwireMessage, eventMessage, readable } from '../shared/messages.js';
import { duplicateSetting } from './duplicate-setting.js';
import { settlementSettings } from '../shared/settlement-settings.js';

export interface SubscribeConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  /** With a contract: the type whose topics to subscribe to; `''` for a filter of one's own, parsed by the contract. */
  eventType: string;
  filter: string;
  qos: string;
  window: string | number;
  settlement: string;
  /** Without a store, failed events wait in memory, unsettled. */
  store: string;
  /** Drops events whose id was dealt with before; needs a contract with an id, and a store. */
  removeDuplicates: boolean;
  duplicateHours: string | number;
  settleTimeout: string | number;
  caughtHandled: boolean;
}

export default function register(RED: NodeAPI): void {
  defineNode<SubscribeConfig>(RED, 'gridwire-subscribe', (tools) => {
    const { settings } = tools;
    const brokerNode = brokerSetting(settings);
    const prefix = brokerNode?.topicPrefix ?? '';
    const contract = contractSetting(settings, prefix);
    const eventType = eventTypeSetting(settings, contract);
    const written = eventType === '' ? settings.required('filter', 'The topic filter') : '';
    const filter =
      contract !== undefined && eventType !== ''
        ? contract.type(eventType).topic.filter()
        : joinPrefix(prefix, written);
    if (filter !== '') settings.check('filter', () => assertFilter(filter));
    const qos = Number(settings.choice('qos', ['0', '1', '2'], '1')) as 0 | 1 | 2;
    const settlement = settlementSettings(settings, qos === 0 ? 'receipt' : 'completion');
    const duplicates = duplicateSetting(settings, contract, settlement);
    settings.finish();
    if (brokerNode === undefined) return {};

    const source = new InboundSource(tools, {
      brokerNode,
      settlement,
      contract,
      ...(duplicates === undefined ? {} : { duplicates }),
      rejected: 1,
      outputs: 2,
      messages: (message, attempt) => [[{ ...messageOf(contract, message), attempt }, null]],
      deadLetterTopic: ({ topic }) => contract?.deadLetterTopic(topic),
    });
    source.start(filter, { qos });
    return { onClose: (removed) => source.stop(removed) };
  });
}

/** @throws GridwireError if the contract refuses the message */
function messageOf(contract: Contract | undefined, message: InboundMessage): GridwireMessage {
  if (contract !== undefined) return eventMessage(contract.parse(message), message);
  const { topic, body, key, qos, retain, headers } = message;
  const text = readable(body);
  const rest = { topic, qos, retain, headers, ...(key === undefined ? {} : { key }) };
  return { ...rest, payload: jsonOr(text), original: { ...rest, body: Buffer.from(body) } };
}

function jsonOr(text: string | Buffer): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
