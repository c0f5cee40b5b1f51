import type { NodeAPI, NodeDef } from 'node-red';
import { Outbox } from '../../src/delivery/outbox.js';
import { isTransient, toGridwireError } from '../../src/errors.js';
import { brokerSetting } from '../shared/broker-node.js';
import { requiredContract } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import type { GridwireMessage } from '../shared/messages.js';
import { OutboxStatus } from '../shared/outbox-status.js';
import { storeSetting } from '../shared/store-node.js';
import { letterFor, storedLetter } from './letter.js';
import { LetterBox } from './letter-box.js';

export interface DlqConfig extends NodeDef {
  broker: string;
  contract: string;
  dialect: string;
  /** Without a store, letters wait for the broker in memory. */
  store: string;
  outboxCount: string | number;
}

export default function register(RED: NodeAPI): void {
  defineNode<DlqConfig>(RED, 'gridwire-dlq', ({ node, settings, status }) => {
    const brokerNode = brokerSetting(settings);
    const contract = requiredContract(settings, brokerNode?.topicPrefix ?? '');
    const storeNode = settings.text('store') === '' ? undefined : storeSetting(settings);
    const maxCount = settings.integer('outboxCount', { minimum: 1, maximum: 1_000_000, otherwise: 10_000 });
    settings.finish();
    if (brokerNode === undefined || contract === undefined) return {};

    const { broker } = brokerNode;
    const shown = new OutboxStatus(status, broker);
    const outbox = new Outbox(broker, { maxCount }, () => shown.update(outbox));
    const publish = async (letter: Parameters<Outbox['send']>[0]) => {
      const result = await outbox.send(letter, contract.data.retry);
      shown.sent();
      return result;
    };
    const box = storeNode && new LetterBox(node, storeNode.connection, publish);
    brokerNode.acquire(node);
    storeNode?.acquire(node);
    return {
      async onInput(message: GridwireMessage, send) {
        const letter = letterFor(message, contract, broker.capabilities.headers);
        if (box !== undefined) {
          try {
            await box.keep(storedLetter(message, contract), letter);
            send({ ...message, topic: letter.topic, stored: true });
            return;
          } catch (error) {
            if (!isTransient(error)) throw error;
            node.warn(`The letter goes to the broker only: ${toGridwireError(error).message}`);
          }
        }
        const result = await publish(letter);
        send({ ...message, topic: letter.topic, result });
      },
      async onClose() {
        shown.close();
        outbox.close();
        await box?.close();
        storeNode?.release(node);
        await brokerNode.release(node);
      },
    };
  });
}
