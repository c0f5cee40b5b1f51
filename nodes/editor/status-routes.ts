import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { shownTo, statusBoardOf } from '../runtime/status-board.js';

/** Most nodes that one answer names. */
const MOST = 200;

/** Admin routes: what is wrong, in whole sentences, and that somebody has seen it. */
export function registerRoutes(RED: NodeAPI): void {
  const board = statusBoardOf(RED);
  adminRoute(RED, 'get', '/gridwire/status', { right: 'states' }, (request, response) => {
    const nodes = board.all().slice(0, MOST);
    response.json({ nodes: nodes.map((each) => ({ ...each, troubles: shownTo(request, each) })) });
  });
  adminRoute(RED, 'get', '/gridwire/status/:id', { right: 'states' }, (request, response) => {
    const { id = '' } = request.params;
    response.json({ id, troubles: shownTo(request, board.of(id)) });
  });
  adminRoute(RED, 'post', '/gridwire/status/:id/seen', { right: 'repair' }, (request, response) => {
    const { id = '' } = request.params;
    board.seen(id);
    response.json({ id, troubles: shownTo(request, board.of(id)) });
  });
}
