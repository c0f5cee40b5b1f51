import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { toGridwireError } from '../../src/errors.js';
import type { BrokerNode } from '../runtime/broker-node.js';

/** Admin routes of the broker's panel: how the deployed connection is doing, and what its broker promises. */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'states', formerly: 'gridwire-broker.read' } as const;
  adminRoute(RED, 'get', '/gridwire/brokers/:id/state', access, (request, response) => {
    const node = RED.nodes.getNode(String(request.params['id'])) as BrokerNode | null;
    if (node?.broker === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json({ state: node.broker.state, kind: node.broker.kind });
  });
  adminRoute(RED, 'get', '/gridwire/brokers/:id/check', access, (request, response) => {
    const node = RED.nodes.getNode(String(request.params['id'])) as BrokerNode | null;
    if (node?.broker === undefined) response.status(404).json({ error: 'not-deployed' });
    else
      node.broker.check().then(
        (findings) => response.json({ findings }),
        (error: unknown) => response.status(500).json({ error: toGridwireError(error).code }),
      );
  });
}
