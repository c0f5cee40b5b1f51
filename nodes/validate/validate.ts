import type { NodeAPI, NodeDef } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { eventTypeSetting, requiredContract } from '../shared/contract-setting.js';
import { defineNode } from '../shared/define-node.js';
import { type GridwireMessage, inboundMessage, messageError } from '../shared/messages.js';
import { Rejections } from '../shared/rejections.js';

export interface ValidateConfig extends NodeDef {
  contract: string;
  dialect: string;
  /** `''`: found by msg.topic. */
  eventType: string;
  maxBodyKib: string | number;
}

export default function register(RED: NodeAPI): void {
  defineNode<ValidateConfig>(RED, 'gridwire-validate', ({ node, config, settings, status }) => {
    const contract = requiredContract(settings, '');
    const eventType = eventTypeSetting(settings, contract);
    settings.finish();
    if (contract === undefined) return {};

    const rejections = new Rejections(node, status, config, 1, 2);
    let count = 0;
    return {
      onInput(message: GridwireMessage, send) {
        rejections.counted();
        try {
          const event = contract.parse(inboundMessage(message), eventType === '' ? undefined : eventType);
          count += 1;
          status.show('received', { count });
          send([{ ...message, payload: event.payload, event }, null]);
        } catch (thrown) {
          const error = toGridwireError(thrown);
          rejections.reject({ ...message, error: messageError(error) }, error.message, send);
        }
      },
    };
  });
}
