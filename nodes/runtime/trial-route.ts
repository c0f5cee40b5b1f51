import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { adminRoute } from './admin-route.js';

/** Trials at once; each holds a connection for some seconds. */
const AT_ONCE = 2;

/**
 * An admin route that tries out what is typed into a panel. Answers what `attempt` does; 400 with a sentence for settings
 * that cannot be tried, 429 while others are being tried.
 * @param formerly the permission that allowed the settings before there were rights
 */
export function trialRoute(
  RED: NodeAPI,
  path: string,
  formerly: string,
  attempt: (body: Record<string, unknown>) => Promise<object>,
): void {
  let running = 0;
  adminRoute(RED, 'post', path, { right: 'admin', formerly }, (request, response) => {
    if (running >= AT_ONCE) {
      response
        .status(429)
        .json({ code: 'BROKER_QUOTA', message: 'Others are being tried; try again in a moment.' });
      return;
    }
    running += 1;
    const { body } = request;
    Promise.resolve()
      .then(() => attempt(typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}))
      .finally(() => (running -= 1))
      .then(
        (answer) => response.json(answer),
        (thrown: unknown) => {
          const { code, message } = toGridwireError(thrown);
          response.status(400).json({ code, message });
        },
      );
  });
}
