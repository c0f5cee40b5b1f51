import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { fromFirstNodeOn } from '../runtime/first-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as Observer from '../runtime/observer.js';
import type * as HealthRoutes from './health-routes.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  fromFirstNodeOn(RED, () => (require('../runtime/observer.js') as typeof Observer).processObserver(RED));
  defineNode(RED, 'gridwire-health', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/health'], () => require('./health-routes.js') as typeof HealthRoutes);
}
