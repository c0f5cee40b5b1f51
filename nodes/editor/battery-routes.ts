import type { NodeAPI } from 'node-red';
import type { MonitorState } from '../../src/battery/reader/monitor-board.js';
import { type AdminRequest, adminRoute, may } from '../runtime/admin-route.js';
import { batteryBoardsOf } from '../runtime/battery-board.js';

/** Admin route of the sidebar's batteries: how each monitor stands, and for who may see payloads what it said. */
export function registerRoutes(RED: NodeAPI): void {
  adminRoute(RED, 'get', '/gridwire/batteries', { right: 'states' }, (request, response) => {
    response.json({
      monitors: [...batteryBoardsOf(RED)].flatMap(([nodeId, { name, board }]) =>
        board.all.map((monitor) => ({ nodeId, node: name, ...shownTo(request, monitor) })),
      ),
    });
  });
}

function shownTo(request: AdminRequest, { last, past, ...state }: MonitorState): object {
  if (last === undefined) return state;
  const known = { ...state, read: last.at };
  return may(request, { right: 'payloads' }) ? { ...known, last, past } : known;
}
