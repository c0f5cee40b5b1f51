import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { views } from './grid-view.js';

/** Admin routes of the grid sidebar: a running simulation's diagram, its steps after a given one, and its study. */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'states', formerly: 'gridwire-grid.read' } as const;
  adminRoute(RED, 'get', '/gridwire/grid/:id/diagram', access, (request, response) => {
    const view = views.get(String(request.params['id']));
    if (view === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json(view.diagram);
  });
  adminRoute(RED, 'get', '/gridwire/grid/:id/study', access, (request, response) => {
    const view = views.get(String(request.params['id']));
    if (view === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json(view.study ?? null);
  });
  const acting = { right: 'repair', formerly: 'gridwire-grid.write' } as const;
  adminRoute(RED, 'post', '/gridwire/grid/:id/study/cancel', acting, (request, response) => {
    const view = views.get(String(request.params['id']));
    view?.cancelStudy();
    if (view === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json({});
  });
  adminRoute(RED, 'get', '/gridwire/grid/:id/steps', access, (request, response) => {
    const view = views.get(String(request.params['id']));
    const after = Number(request.query['after'] ?? 0);
    if (view === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json(view.history.filter(({ step }) => !(step <= after)));
  });
}
