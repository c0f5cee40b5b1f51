import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { Start } from '../../src/grid/index.js';
import { solveNetworkFile } from './solve-network-file.js';
import { adminRoute } from '../runtime/admin-route.js';
import { messageError } from '../runtime/messages.js';

const STARTS: readonly Start[] = ['auto', 'case', 'flat', 'dc'];

/**
 * `POST /gridwire/grid-network { text, start }`: what a MATPOWER case or a pandapower network in the panel holds, what
 * was left out of it, and its solution. Nothing is kept.
 */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-grid.write' } as const;
  adminRoute(RED, 'post', '/gridwire/grid-network', access, (request, response) => {
    const { text, start } = (request.body ?? {}) as { text?: unknown; start?: unknown };
    const from = STARTS.find((one) => one === start) ?? 'auto';
    solveNetworkFile(typeof text === 'string' ? text : '', from).then(
      (answer) => response.json(answer),
      (thrown: unknown) => response.json({ error: messageError(toGridwireError(thrown)) }),
    );
  });
}
