import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as GridRoutes from './grid-routes.js';
import type * as NetworkRoute from './network-route.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-grid-sim', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/grid'], () => require('./grid-routes.js') as typeof GridRoutes);
  lazyRoutes(RED, ['/gridwire/grid-network'], () => require('./network-route.js') as typeof NetworkRoute);
}
