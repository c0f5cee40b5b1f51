import type { NodeAPI } from 'node-red';
import { Contract } from '../../src/contracts/contract.js';
import { toGridwireError } from '../../src/errors.js';
import { contractData, OWN_CONTRACT } from '../runtime/contract-node.js';
import { messageError } from '../runtime/messages.js';
import { type Checker, contractChecker, schemaChecker } from './checker.js';

interface TestRequest {
  source?: unknown;
  contract?: unknown;
  /** Where the contract is one of the user's own: the id of its node. */
  ownContract?: unknown;
  dialect?: unknown;
  eventType?: unknown;
  schema?: unknown;
  topic?: unknown;
  document?: unknown;
}

/** `POST /gridwire/validate/test`: what the panel's test box asks, with the settings as they stand in the panel. */
export function registerTestRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/gridwire/validate/test',
    RED.auth.needsPermission('gridwire-validate.write'),
    (request, response) => {
      const asked = (request.body ?? {}) as TestRequest;
      try {
        const { payload, event } = checkerFor(
          RED,
          asked,
        )({
          _msgid: '',
          topic: text(asked.topic),
          payload: text(asked.document),
        });
        response.json({ valid: true, type: event?.type, payload });
      } catch (thrown) {
        response.json({ valid: false, error: messageError(toGridwireError(thrown)) });
      }
    },
  );
}

function checkerFor(RED: NodeAPI, asked: TestRequest): Checker {
  if (asked.source === 'schema') return schemaChecker(text(asked.schema));
  const isOwn = asked.contract === OWN_CONTRACT;
  const data = contractData(RED, isOwn ? `node:${text(asked.ownContract)}` : text(asked.contract));
  const dialect = (!isOwn && text(asked.dialect)) || 'documented';
  return contractChecker(new Contract(data, { dialect }), text(asked.eventType));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
