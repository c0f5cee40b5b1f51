import type { NodeAPI } from 'node-red';
import { defineNode } from '../runtime/define-node.js';
import { fromFirstNodeOn } from '../runtime/first-node.js';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as MetricsRoute from './metrics-route.js';
import type * as ProcessMetrics from './process-metrics.js';
import type * as SetUp from './set-up.js';

export default function register(RED: NodeAPI): void {
  // Whether or not a flow has one of these nodes.
  fromFirstNodeOn(RED, () => (require('./process-metrics.js') as typeof ProcessMetrics).processMetrics(RED));
  defineNode(RED, 'gridwire-metrics', () => require('./set-up.js') as typeof SetUp);
  lazyRoutes(RED, ['/gridwire/metrics'], () => require('./metrics-route.js') as typeof MetricsRoute);
}
