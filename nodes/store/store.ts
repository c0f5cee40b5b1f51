import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as StoreRoutes from './store-routes.js';
import type * as Trial from './trial.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-store', () => require('./set-up.js') as typeof SetUp, {
    user: { type: 'text' },
    password: { type: 'password' },
  });
  lazyRoutes(RED, ['/gridwire/stores'], () => require('./store-routes.js') as typeof StoreRoutes);
  lazyRoutes(RED, ['/gridwire/store-trial'], () => require('./trial.js') as typeof Trial);
}
