import type { NodeAPI } from 'node-red';
import { Contract } from '../../src/contracts/contract.js';
import { checkRequest } from '../../src/contracts/written-schema.js';
import { toGridwireError } from '../../src/errors.js';
import type { Json } from '../../src/event.js';
import { contractData, OWN_CONTRACT } from '../runtime/contract-node.js';
import { adminRoute } from '../runtime/admin-route.js';
import { messageError } from '../runtime/messages.js';
import { contractChecker } from './checker.js';

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
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-validate.write' } as const;
  adminRoute(RED, 'post', '/gridwire/validate/test', access, (request, response) => {
    answerTo(RED, (request.body ?? {}) as TestRequest).then(
      (answer) => response.json(answer),
      (thrown: unknown) => response.json({ valid: false, error: messageError(toGridwireError(thrown)) }),
    );
  });
}

async function answerTo(RED: NodeAPI, asked: TestRequest): Promise<object> {
  if (asked.source === 'schema') {
    return { valid: true, payload: await checkRequest(text(asked.schema), text(asked.document)) };
  }
  const { payload, type } = checkByContract(RED, asked);
  return { valid: true, type, payload };
}

function checkByContract(RED: NodeAPI, asked: TestRequest): { payload: Json; type: string | undefined } {
  const isOwn = asked.contract === OWN_CONTRACT;
  const data = contractData(RED, isOwn ? `node:${text(asked.ownContract)}` : text(asked.contract));
  const dialect = (!isOwn && text(asked.dialect)) || 'documented';
  const checker = contractChecker(new Contract(data, { dialect }), text(asked.eventType));
  const { payload, event } = checker({ _msgid: '', topic: text(asked.topic), payload: text(asked.document) });
  return { payload, type: event?.type };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
