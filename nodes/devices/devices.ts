import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as DeviceRoutes from './device-routes.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  defineNode(RED, 'gridwire-devices', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/devices'], () => require('./device-routes.js') as typeof DeviceRoutes);
}
