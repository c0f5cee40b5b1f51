import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { Start } from '../../src/grid/index.js';
import { readAndSolve } from '../../src/grid/studies/network-file.js';
import { messageError } from '../runtime/messages.js';
import { type EditorRequest, assertFromEditor } from '../runtime/editor-request.js';

const STARTS: readonly Start[] = ['auto', 'case', 'flat', 'dc'];

/**
 * `POST /gridwire/grid-network { text, start }`: what a MATPOWER case or a pandapower network in the panel holds, what
 * was left out of it, and its solution. Nothing is kept.
 */
export function registerNetworkRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/gridwire/grid-network',
    RED.auth.needsPermission('gridwire-grid.write'),
    (request, response) => {
      try {
        assertFromEditor(request as EditorRequest);
        const { text, start } = (request.body ?? {}) as { text?: unknown; start?: unknown };
        response.json(
          readAndSolve(typeof text === 'string' ? text : '', STARTS.find((one) => one === start) ?? 'auto'),
        );
      } catch (thrown) {
        response.json({ error: messageError(toGridwireError(thrown)) });
      }
    },
  );
}
