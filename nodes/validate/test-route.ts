import type { NodeAPI } from 'node-red';
import { builtInContract } from '../../src/contracts/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import { toGridwireError } from '../../src/errors.js';
import { messageError } from '../shared/messages.js';
import { type Checker, contractChecker, schemaChecker } from './checker.js';

interface TestRequest {
  source?: unknown;
  contract?: unknown;
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
        const { payload, event } = checkerFor(asked)({
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

function checkerFor({ source, contract, dialect, eventType, schema }: TestRequest): Checker {
  if (source === 'schema') return schemaChecker(text(schema));
  const opened = new Contract(builtInContract(text(contract)), { dialect: text(dialect) || 'documented' });
  return contractChecker(opened, text(eventType));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
