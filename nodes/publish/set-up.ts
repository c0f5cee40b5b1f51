import type { NodeDef } from 'node-red';
import { topicSetting } from '../fields/topic-setting.js';
import { contractSetting, eventTypeSetting } from '../fields/contract-setting.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import type { TypedValue } from '../runtime/evaluate.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { outboxSettings } from '../fields/outbox-settings.js';
import { GivenUp } from '../outbound/given-up.js';
import { InFlight } from '../outbound/in-flight.js';
import { otherQueuesOf } from '../outbound/other-queues.js';
import { OutboxStatus } from '../outbound/outbox-status.js';
import { storeSetting } from '../runtime/store-node.js';
import { watchStore } from '../runtime/store-watch.js';
import { brokerSettings } from './broker-choice.js';
import { Destination } from './destination.js';
import { Publishing } from './publishing.js';

export interface PublishConfig extends NodeDef {
  broker: string;
  /** Brokers that a message may choose by name (`msg.broker`) instead. */
  broker2?: string;
  broker3?: string;
  broker4?: string;
  contract: string;
  dialect: string;
  eventType: string;
  /** Values for the topic's parameters; those that are not listed come from the message. */
  parameters: (TypedValue & { name: string })[];
  /** Groups of the contract's types that are switched off. */
  disabled?: unknown;
  /** `off`, `structured` or `binary`. */
  cloudEvents?: string;
  /** Without a contract: the topic (else msg.topic), QoS and retain flag. */
  topic: string;
  qos: string;
  retain: boolean;
  /** Whether the payload is a list, each of whose elements is an event. */
  eachElement?: boolean;
  /** Without a store, events wait for the broker in memory. */
  store: string;
  outboxCount: string | number;
  outboxMib?: string | number;
  outboxMinutes?: string | number;
  drainRate?: string | number;
  whenFull: string;
}

/** How long a connected broker gets to acknowledge what is under way when the node closes. */
const CLOSE_GRACE_MS = 2000;

export function setUp({ RED, node, config, settings, status }: NodeTools<PublishConfig>): NodeBehaviour {
  const [first, ...others] = brokerSettings(settings);
  const contractFor = (prefix = ''): ReturnType<typeof contractSetting> =>
    contractSetting(settings, prefix, config.disabled);
  const contract = contractFor(first?.topicPrefix);
  const encoding = {
    eventType: eventTypeSetting(settings, contract),
    cloudEvents: settings.choice('cloudEvents', ['off', 'structured', 'binary'], 'off'),
    parameters: Array.isArray(config.parameters) ? config.parameters : [],
    topic: topicSetting(settings, 'topic'),
    qos: Number(settings.choice('qos', ['0', '1', '2'], '1')) as 0 | 1 | 2,
    retain: settings.flag('retain', false),
    isElement: settings.flag('eachElement', false),
  };
  const bounds = outboxSettings(settings);
  const store = settings.text('store') === '' ? undefined : storeSetting(settings);
  settings.finish();
  if (first === undefined) return {};

  const brokerNodes = [first, ...others];
  const shown = new OutboxStatus(status, ...brokerNodes.map(({ broker }) => broker));
  const elsewhere = otherQueuesOf(RED, node, brokerNodes, store);
  const destinations = brokerNodes.map((brokerNode) => {
    // Each broker may replace the contract's prefix by its own.
    const own = brokerNode === first ? contract : contractFor(brokerNode.topicPrefix);
    const isFirst = brokerNode === first;
    const options = { brokerNode, contract: own, encoding, bounds, store, elsewhere, isFirst };
    return new Destination(RED, node, options, shown.show);
  });
  shown.watch(...destinations.map(({ outbox }) => outbox));
  const inFlight = new InFlight();
  const givenUp = new GivenUp(RED, node, inFlight, store !== undefined);
  store?.acquire(node);
  const unwatchStore = store && watchStore(status, store);
  const publishing = new Publishing(node, destinations, shown, givenUp, elsewhere !== undefined);
  return {
    onInput: (message: GridwireMessage, send) =>
      givenUp.endOf<object | undefined>(
        () => (encoding.isElement ? publishing.each(message) : publishing.one(message)),
        (published) => {
          // A store keeps it: for the node's successor, or in a queue that the node had before.
          if (published !== undefined) send({ ...message, ...published });
        },
      ),
    waits: () => shown.waits,
    async onClose() {
      if (brokerNodes.some(({ broker }) => broker.isConnected())) await inFlight.settled(CLOSE_GRACE_MS);
      givenUp.begin();
      shown.close();
      unwatchStore?.();
      const wait = store === undefined ? 0 : CLOSE_GRACE_MS;
      await Promise.all(destinations.map((destination) => destination.close(wait)));
      await givenUp.tell();
      store?.release(node);
    },
  };
}
