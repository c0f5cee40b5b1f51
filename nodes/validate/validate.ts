import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as TestRoute from './test-route.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-validate', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/validate'], () => require('./test-route.js') as typeof TestRoute);
}
