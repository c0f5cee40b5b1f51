import type { NodeAPI } from 'node-red';
import { Contract } from '../../src/contracts/contract.js';
import { checkRequest } from '../../src/contracts/written-schema.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { Json } from '../../src/event.js';
import { contractData, OWN_CONTRACT } from '../runtime/contract-node.js';
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

/** The part of Express that this route uses. */
interface PostRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}

/** `POST /gridwire/validate/test`: what the panel's test box asks, with the settings as they stand in the panel. */
export function registerTestRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/gridwire/validate/test',
    RED.auth.needsPermission('gridwire-validate.write'),
    (request, response) => {
      answerTo(RED, request as PostRequest).then(
        (answer) => response.json(answer),
        (thrown: unknown) => response.json({ valid: false, error: messageError(toGridwireError(thrown)) }),
      );
    },
  );
}

async function answerTo(RED: NodeAPI, request: PostRequest): Promise<object> {
  assertFromEditor(request);
  const asked = (request.body ?? {}) as TestRequest;
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

/**
 * A page of another origin can send a form without asking, also where the editor has no login; it cannot send JSON, and
 * browsers say where a request comes from.
 * @throws GridwireError `SETTING_INVALID`
 */
function assertFromEditor({ headers }: PostRequest): void {
  const one = (name: string): string => String(headers[name] ?? '');
  if (!/^application\/json(;|$)/i.test(one('content-type').trim())) {
    throw new GridwireError('SETTING_INVALID', 'The request must be JSON (content type application/json).');
  }
  const site = one('sec-fetch-site');
  const origin = one('origin');
  const isForeign =
    site === '' ? origin !== '' && hostOf(origin) !== one('host') : !['same-origin', 'none'].includes(site);
  if (isForeign)
    throw new GridwireError('SETTING_INVALID', 'The request comes from a page of another origin.');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
