import type { NodeAPI, NodeDef } from 'node-red';
import { Outbox } from '../../src/delivery/outbox.js';
import type { GridwireError } from '../../src/errors.js';
import { brokerSetting } from '../shared/broker-node.js';
import { contractSetting, eventTypeSetting } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import { durableIn } from '../shared/durable-outbox.js';
import type { TypedValue } from '../shared/evaluate.js';
import type { GridwireMessage } from '../shared/messages.js';
import { outboxSettings } from '../shared/outbox-settings.js';
import { OutboxStatus } from '../shared/outbox-status.js';
import { storeSetting } from '../shared/store-node.js';
import { carrierOf } from './cloud-event-carrier.js';
import { Encoder } from './encoder.js';
import { InFlight } from './in-flight.js';

export interface PublishConfig extends NodeDef {
  broker: string;
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

const lostLater = (topic: string, { message }: GridwireError): string =>
  `An event for ${topic} that was kept in the store was not delivered: ${message}`;

export default function register(RED: NodeAPI): void {
  defineNode<PublishConfig>(RED, 'gridwire-publish', ({ node, config, settings, status }) => {
    const brokerNode = brokerSetting(settings);
    const contract = contractSetting(settings, brokerNode?.topicPrefix ?? '', config.disabled);
    const encoder = new Encoder(RED, node, {
      contract,
      cloudEvents: settings.choice('cloudEvents', ['off', 'structured', 'binary'], 'off'),
      carrier: carrierOf(brokerNode?.broker),
      eventType: eventTypeSetting(settings, contract),
      parameters: Array.isArray(config.parameters) ? config.parameters : [],
      topicPrefix: brokerNode?.topicPrefix ?? '',
      topic: settings.text('topic'),
      qos: Number(settings.choice('qos', ['0', '1', '2'], '1')) as 0 | 1 | 2,
      retain: settings.flag('retain', false),
    });
    const bounds = outboxSettings(settings);
    const storeNode = settings.text('store') === '' ? undefined : storeSetting(settings);
    settings.finish();
    if (brokerNode === undefined) return {};

    const shown = new OutboxStatus(status, brokerNode.broker);
    const durable =
      storeNode && durableIn(storeNode, node, `publish ${node.id}`, contract?.data.retry, lostLater);
    const outbox = new Outbox(brokerNode.broker, bounds, shown.show, durable);
    shown.watch(outbox);
    const inFlight = new InFlight();
    brokerNode.acquire(node);
    storeNode?.acquire(node);
    return {
      onInput: (message: GridwireMessage, send) =>
        inFlight.track(async () => {
          const { wire, rule } = await encoder.encode(message);
          const result = await shown.follow(outbox.send(wire, rule));
          // Kept by the store for the node's successor, which sends it.
          if (result === undefined) return;
          send({ ...message, topic: wire.topic, result });
        }),
      async onClose() {
        if (brokerNode.broker.isConnected()) await inFlight.settled(CLOSE_GRACE_MS);
        shown.close();
        outbox.close();
        await outbox.atRest(storeNode === undefined ? 0 : CLOSE_GRACE_MS);
        storeNode?.release(node);
        await brokerNode.release(node);
      },
    };
  });
}
