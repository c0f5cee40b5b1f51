import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { Start } from '../../src/grid/index.js';
import { readAndSolve } from '../../src/grid/studies/network-file.js';
import { adminRoute } from '../runtime/admin-route.js';
import { messageError } from '../runtime/messages.js';

const STARTS: readonly Start[] = ['auto', 'case', 'flat', 'dc'];

/**
 * `POST /gridwire/grid-network { text, start }`: what a MATPOWER case or a pandapower network in the panel holds, what
 * was left out of it, and its solution. Nothing is kept.
 */
export function registerNetworkRoute(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-grid.write' } as const;
  adminRoute(RED, 'post', '/gridwire/grid-network', access, (request, response) => {
    try {
      const { text, start } = (request.body ?? {}) as { text?: unknown; start?: unknown };
      response.json(
        readAndSolve(typeof text === 'string' ? text : '', STARTS.find((one) => one === start) ?? 'auto'),
      );
    } catch (thrown) {
      response.json({ error: messageError(toGridwireError(thrown)) });
    }
  });
}
