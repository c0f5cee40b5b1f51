import type { NodeAPI } from 'node-red';
import type { EventStore } from '../../src/store/event-store.js';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import { assertMembers } from './asked.js';
import type { JsonObject } from '../../src/event.js';
import type { AuditAction } from '../../src/store/state-stores.js';
import { type Right, RIGHTS } from '../rights.js';
import { STORE_TYPE } from '../runtime/config-types.js';
import { actorOf, type AdminHandler, adminRoute, assertMay, sendFault } from '../runtime/admin-route.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

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
  /** The permission by which the user does it, for the audit log. */
  permission: string;
  /** @throws GridwireError `RIGHT_MISSING` unless the user has a further right */
  assertMay: (right: Right) => void;
  /** Writes into the store's audit log who did something, by which right, and how it ended. */
  note: (store: EventStore, action: AuditAction, details: JsonObject, outcome: string) => Promise<void>;
}

/**
 * A route under `/gridwire/stores/:id`. Whoever had `gridwire-store.read` or `gridwire-store.write` before there were
 * rights keeps what these allowed. A member that means nothing is refused: a filter with a typing error would mean all
 * letters.
 * Answers 404 where the store is not deployed, 503 for a fault that may pass, 400 for others.
 * @param members what the query of a GET, or the JSON of a POST, may have
 */
export function storeRoute(
  RED: NodeAPI,
  method: 'get' | 'post',
  path: string,
  right: Right,
  members: readonly string[],
  answer: (request: StoreRequest) => Promise<object>,
): void {
  const formerly = `${STORE_TYPE}.${method === 'get' ? 'read' : 'write'}`;
  const handle: AdminHandler = (request, response) => {
    const { params } = request;
    const node = RED.nodes.getNode(params['id'] ?? '') as UsableStoreNode | null;
    // Any node can be asked for by its id; only a store has a connection.
    const connection = node?.connection;
    if (node?.type !== STORE_TYPE || connection === undefined) {
      response.status(404).json({ error: 'not-deployed' });
      return;
    }
    const { body } = request;
    const actor = actorOf(request);
    const { permission } = RIGHTS[right];
    const asked: StoreRequest = {
      ...{ node, connection, params, store: () => connection.access() },
      query: request.query,
      body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
      ...{ actor, permission },
      assertMay: (further) => assertMay(request, { right: further, formerly }),
      note: ({ audit }, action, details, outcome) =>
        audit.add({ at: Date.now(), actor, action, details: { ...details, right: permission, outcome } }),
    };
    Promise.resolve()
      .then(() => assertMembers(method === 'get' ? asked.query : asked.body, members))
      .then(() => answer(asked))
      .then(
        (result) => response.json(result),
        (thrown: unknown) => sendFault(response, thrown),
      );
  };
  adminRoute(RED, method, `/gridwire/stores/:id/${path}`, { right, formerly }, handle);
}
