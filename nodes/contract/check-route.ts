import type { NodeAPI } from 'node-red';
import { previewAsyncApi } from '../../src/contracts/asyncapi/check.js';
import { toGridwireError } from '../../src/errors.js';
import { adminRoute } from '../runtime/admin-route.js';
import { messageError } from '../runtime/messages.js';

/** `POST /gridwire/contract/check { document }`: what the panel shows of a document before it is deployed. */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-contract.write' } as const;
  adminRoute(RED, 'post', '/gridwire/contract/check', access, (request, response) => {
    const { document } = (request.body ?? {}) as { document?: unknown };
    previewAsyncApi(typeof document === 'string' ? document : '').then(
      (preview) => response.json(preview),
      (thrown: unknown) => response.json({ error: messageError(toGridwireError(thrown)) }),
    );
  });
}
