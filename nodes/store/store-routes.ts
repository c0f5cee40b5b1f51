import type { NodeAPI } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { measureCommit } from '../../src/store/commit-probe.js';
import type { EraseReceipt } from '../../src/store/erase.js';
import type { StoreConnection } from '../../src/store/store-connection.js';
import type { StoreNode } from '../shared/store-node.js';

/** Admin routes: how the deployed store is doing and how long its commits take, and the erasure of a subject. */
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
  RED.httpAdmin.post(
    '/gridwire/stores/:id/erase',
    RED.auth.needsPermission('gridwire-store.write'),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params['id'])) as StoreNode | null;
      if (node?.connection === undefined) {
        response.status(404).json({ error: 'not-deployed' });
        return;
      }
      const { body, user } = request as { body?: { subject?: unknown }; user?: { username?: unknown } };
      const actor = typeof user?.username === 'string' ? user.username : 'admin';
      erase(node.connection, body?.subject, actor).then(
        (receipt) => response.json(receipt),
        (thrown: unknown) => {
          const { code, message, fault } = toGridwireError(thrown);
          response.status(fault === 'transient' ? 503 : 400).json({ code, message });
        },
      );
    },
  );
}

async function erase(connection: StoreConnection, subject: unknown, actor: string): Promise<EraseReceipt> {
  if (typeof subject !== 'string') {
    throw new GridwireError('SETTING_INVALID', 'Name the subject to erase: { "subject": "SN-77" }.');
  }
  return (await connection.access()).erase(subject, actor);
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
