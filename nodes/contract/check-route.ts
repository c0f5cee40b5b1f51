import type { NodeAPI } from 'node-red';
import { previewAsyncApi } from '../../src/contracts/asyncapi/check.js';
import { toGridwireError } from '../../src/errors.js';
import { type EditorRequest, assertFromEditor } from '../runtime/editor-request.js';
import { messageError } from '../runtime/messages.js';

/** `POST /gridwire/contract/check { document }`: what the panel shows of a document before it is deployed. */
export function registerCheckRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/gridwire/contract/check',
    RED.auth.needsPermission('gridwire-contract.write'),
    (request, response) => {
      answerTo(request as EditorRequest).then(
        (preview) => response.json(preview),
        (thrown: unknown) => response.json({ error: messageError(toGridwireError(thrown)) }),
      );
    },
  );
}

async function answerTo(request: EditorRequest): Promise<object> {
  assertFromEditor(request);
  const { document } = (request.body ?? {}) as { document?: unknown };
  return previewAsyncApi(typeof document === 'string' ? document : '');
}
