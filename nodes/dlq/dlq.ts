import type { NodeAPI, NodeDef } from 'node-red';
import { Outbox } from '../../src/delivery/outbox.js';
import { brokerSetting } from '../shared/broker-node.js';
import { requiredContract } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import type { GridwireMessage } from '../shared/messages.js';
import { OutboxStatus } from '../shared/outbox-status.js';
import { letterFor } from './letter.js';

export interface DlqConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  outboxCount: string | number;
}

export default function register(RED: NodeAPI): void {
  defineNode<DlqConfig>(RED, 'gridwire-dlq', ({ node, settings, status }) => {
    const brokerNode = brokerSetting(settings);
    const contract = requiredContract(settings, brokerNode?.topicPrefix ?? '');
    const maxCount = settings.integer('outboxCount', { minimum: 1, maximum: 1_000_000, otherwise: 10_000 });
    settings.finish();
    if (brokerNode === undefined || contract === undefined) return {};

    const { broker } = brokerNode;
    const shown = new OutboxStatus(status, broker);
    const outbox = new Outbox(broker, { maxCount }, () => shown.update(outbox));
    brokerNode.acquire(node);
    return {
      async onInput(message: GridwireMessage, send) {
        const letter = letterFor(message, contract, broker.capabilities.headers);
        const result = await outbox.send(letter, contract.data.retry);
        shown.sent();
        send({ ...message, topic: letter.topic, result });
      },
      async onClose() {
        shown.close();
        outbox.close();
        await brokerNode.release(node);
      },
    };
  });
}
