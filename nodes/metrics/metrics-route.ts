import type { NodeAPI } from 'node-red';
import { CONTENT_TYPE } from '../../src/observe/metrics/exposition.js';
import { tokenRoute } from '../runtime/token-route.js';
import { processMetrics } from './process-metrics.js';

/** `GET /gridwire/metrics`: everything that is counted, in Prometheus' text format. */
export function registerRoutes(RED: NodeAPI): void {
  tokenRoute(RED, '/gridwire/metrics', 'metrics', (response) => {
    const metrics = processMetrics(RED);
    if (metrics === undefined) response.status(404).send('The metrics are switched off.\n');
    else response.set('Content-Type', CONTENT_TYPE).send(metrics.text());
  });
}
