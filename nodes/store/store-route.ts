import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import { assertMembers } from './asked.js';
import { type AdminHandler, adminPost, type AdminRequest } from '../runtime/admin-post.js';
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
 * `gridwire-store.write`. A member that means nothing is refused: a filter with a typing error would mean all letters.
 * Answers 404 where the store is not deployed, 503 for a fault that may pass, 400 for others.
 * @param members what the query of a GET, or the JSON of a POST, may have
 */
export function storeRoute(
  RED: NodeAPI,
  method: 'get' | 'post',
  path: string,
  members: readonly string[],
  answer: (request: StoreRequest) => Promise<object>,
): void {
  const url = `/gridwire/stores/:id/${path}`;
  const handle: AdminHandler = (request, response) => {
    const { params } = request;
    const node = RED.nodes.getNode(params['id'] ?? '') as UsableStoreNode | null;
    // Any node can be asked for by its id; only a store has a connection.
    const connection = node?.connection;
    if (node?.type !== STORE_TYPE || connection === undefined) {
      response.status(404).json({ error: 'not-deployed' });
      return;
    }
    const { body, user } = request;
    const asked: StoreRequest = {
      ...{ node, connection, params, store: () => connection.access() },
      query: request.query,
      body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
      actor: typeof user?.username === 'string' ? user.username : NOBODY,
    };
    Promise.resolve()
      .then(() => assertMembers(method === 'get' ? asked.query : asked.body, members))
      .then(() => answer(asked))
      .then(
        (result) => response.json(result),
        (thrown: unknown) => {
          const { code, message, fault } = toGridwireError(thrown);
          response.status(fault === 'transient' ? 503 : 400).json({ code, message });
        },
      );
  };
  if (method === 'post') adminPost(RED, url, `${STORE_TYPE}.write`, handle);
  else {
    RED.httpAdmin.get(url, RED.auth.needsPermission(`${STORE_TYPE}.read`), (request, response) =>
      handle(request as AdminRequest, response),
    );
  }
}

/** The actor in the audit log where the editor has no login. */
const NOBODY = 'nobody logged in';
