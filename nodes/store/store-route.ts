import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import { STORE_TYPE, type UsableStoreNode } from '../runtime/store-node.js';

/** What a request asks of a deployed store. */
export interface StoreRequest {
  node: UsableStoreNode;
  connection: StoreConnection;
  store: () => Promise<EventStore>;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** The JSON of the request; empty where there is none. */
  body: Record<string, unknown>;
  /** The signed-in user, for the audit log. */
  actor: string;
}

/**
 * A route under `/gridwire/stores/:id`: reading needs the permission `gridwire-store.read`, everything else
 * `gridwire-store.write`. Answers 404 where the store is not deployed, 503 for a fault that may pass, 400 for others.
 */
export function storeRoute(
  RED: NodeAPI,
  method: 'get' | 'post',
  path: string,
  answer: (request: StoreRequest) => Promise<object>,
): void {
  const permission = `${STORE_TYPE}.${method === 'get' ? 'read' : 'write'}`;
  RED.httpAdmin[method](
    `/gridwire/stores/:id/${path}`,
    RED.auth.needsPermission(permission),
    (request, response) => {
      const params = request.params as Record<string, string>;
      const node = RED.nodes.getNode(params['id'] ?? '') as UsableStoreNode | null;
      // Any node can be asked for by its id; only a store has a connection.
      const connection = node?.connection;
      if (node?.type !== STORE_TYPE || connection === undefined) {
        response.status(404).json({ error: 'not-deployed' });
        return;
      }
      const { body, user } = request as { body?: unknown; user?: { username?: unknown } };
      answer({
        ...{ node, connection, params, store: () => connection.access() },
        query: request.query,
        body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
        actor: typeof user?.username === 'string' ? user.username : 'admin',
      }).then(
        (result) => response.json(result),
        (thrown: unknown) => {
          const { code, message, fault } = toGridwireError(thrown);
          response.status(fault === 'transient' ? 503 : 400).json({ code, message });
        },
      );
    },
  );
}
