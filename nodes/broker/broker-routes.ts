import type { NodeAPI } from 'node-red';
import type { BrokerNode } from '../shared/broker-node.js';

/** Admin route of the broker's panel: how the deployed connection is doing. */
export function registerBrokerRoutes(RED: NodeAPI): void {
  RED.httpAdmin.get(
    '/gridwire/brokers/:id/state',
    RED.auth.needsPermission('gridwire-broker.read'),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params['id'])) as BrokerNode | null;
      if (node?.broker === undefined) response.status(404).json({ error: 'not-deployed' });
      else response.json({ state: node.broker.state, kind: node.broker.kind });
    },
  );
}
