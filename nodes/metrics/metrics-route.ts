import { createHash, timingSafeEqual } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { CONTENT_TYPE } from '../../src/observe/metrics/exposition.js';
import { metricsToken, processMetrics } from './process-metrics.js';

/** The part of Express that the route uses. */
interface Request {
  headers: Record<string, string | string[] | undefined>;
}
interface Response {
  status(code: number): Response;
  set(name: string, value: string): Response;
  send(body: string): unknown;
}
type Handler = (request: Request, response: Response, next: () => void) => void;

/**
 * `GET /gridwire/metrics`: everything that is counted, in Prometheus' text format. For whoever may read metrics in the
 * editor, and for who knows the token of Node-RED's settings.
 */
export function registerMetricsRoute(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('gridwire-metrics.read') as unknown as Handler;
  const token = metricsToken(RED);
  const admit: Handler = (request, response, next) => {
    if (token !== undefined && isToken(request.headers['authorization'], token)) next();
    else mayRead(request, response, next);
  };
  const answer: Handler = (_request, response) => {
    const metrics = processMetrics(RED);
    if (metrics === undefined) response.status(404).send('The metrics are switched off.\n');
    else response.set('Content-Type', CONTENT_TYPE).send(metrics.text());
  };
  const { httpAdmin } = RED as unknown as { httpAdmin: { get(path: string, ...handlers: Handler[]): void } };
  httpAdmin.get('/gridwire/metrics', admit, answer);
}

/** Compares in a time that says nothing of how much of it is right. */
function isToken(header: string | string[] | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof header === 'string' && timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}
