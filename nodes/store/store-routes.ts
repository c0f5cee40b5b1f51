import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { measureCommit } from '../../src/store/commit-probe.js';
import type { StoreConnection } from '../../src/store/store-connection.js';
import type { StoreNode } from '../shared/store-node.js';

/** Admin route of the store's panel: how the deployed store is doing, and how long its commits take. */
export function registerStoreRoutes(RED: NodeAPI): void {
  RED.httpAdmin.get(
    '/gridwire/stores/:id/state',
    RED.auth.needsPermission('gridwire-store.read'),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params['id'])) as StoreNode | null;
      if (node?.connection === undefined) {
        response.status(404).json({ error: 'not-deployed' });
        return;
      }
      describe(node.connection).then(
        (description) => response.json(description),
        (thrown: unknown) => {
          const { code, message } = toGridwireError(thrown);
          response.json({ state: 'unavailable', error: { code, message } });
        },
      );
    },
  );
}

async function describe(connection: StoreConnection): Promise<object> {
  const store = await connection.access();
  const commit = await measureCommit(store);
  const { error, ...status } = store.status();
  const { bytes } = await store.size();
  return {
    ...status,
    kind: store.kind,
    bytes,
    commitMilliseconds: commit,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
