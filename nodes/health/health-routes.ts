import type { NodeAPI } from 'node-red';
import { healthReport } from '../../src/observe/health/report.js';
import { own } from '../../src/own.js';
import { processObserver } from '../runtime/observer.js';
import { type PlainResponse, tokenRoute } from '../runtime/token-route.js';

/**
 * `GET /gridwire/health`: whether work gets done, and if not why. `…/ready`: 200 if it does, else 503. `…/live`: 200 as
 * long as the process can answer at all; whoever restarts it by that one does not restart it because a broker is away.
 */
export function registerRoutes(RED: NodeAPI): void {
  const reported =
    (answer: (response: PlainResponse, report: ReturnType<typeof healthReport>) => void) =>
    (response: PlainResponse): void => {
      const looking = processObserver(RED)
        .look()
        .then(({ standings, conditions, lastWork, at }) =>
          answer(response, healthReport(standings, conditions, lastWork, at)),
        );
      own(looking, ({ code }) => response.status(500).json({ error: code }));
    };
  tokenRoute(
    RED,
    '/gridwire/health',
    'health',
    reported((response, report) => response.json(report)),
  );
  tokenRoute(RED, '/gridwire/health/live', 'health', (response) => response.json({ status: 'live' }));
  tokenRoute(
    RED,
    '/gridwire/health/ready',
    'health',
    reported((response, { ready, status }) => response.status(ready ? 200 : 503).json({ ready, status })),
  );
}
