import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as BrokerRoutes from './broker-routes.js';
import type * as BrokersFileRoute from './brokers-file-route.js';
import type * as Trial from './trial.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-broker', () => require('./set-up.js') as typeof SetUp, {
    username: { type: 'text' },
    password: { type: 'password' },
  });
  lazyRoutes(RED, ['/gridwire/brokers'], () => require('./broker-routes.js') as typeof BrokerRoutes);
  lazyRoutes(
    RED,
    ['/gridwire/brokers-file'],
    () => require('./brokers-file-route.js') as typeof BrokersFileRoute,
  );
  lazyRoutes(RED, ['/gridwire/broker-trial'], () => require('./trial.js') as typeof Trial);
}
