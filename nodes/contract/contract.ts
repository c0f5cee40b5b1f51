import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as CheckRoute from './check-route.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-contract', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/contract'], () => require('./check-route.js') as typeof CheckRoute);
}
