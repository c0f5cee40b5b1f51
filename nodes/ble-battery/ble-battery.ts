import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as ScanRoute from './scan-route.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-ble-battery', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/ble-battery'], () => require('./scan-route.js') as typeof ScanRoute);
}
