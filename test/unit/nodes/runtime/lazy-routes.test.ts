import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';

const ROOT = path.resolve(__dirname, '../../../..');

interface Manifest {
  'node-red': Record<'nodes' | 'plugins', Record<string, string>>;
}

type Load = (request: object, response: object, next: () => void) => void;

/** What the registering files of all nodes and plugins say is behind which paths, and the routes that are. */
function routesByPaths(): Map<readonly string[], string[]> {
  const found = new Map<readonly string[], string[]>();
  const loads: [readonly string[], Load][] = [];
  let routes: string[] = [];
  const route = (at: string): void => void routes.push(at);
  const RED = {
    nodes: { registerType: () => undefined },
    plugins: { registerPlugin: () => undefined },
    auth: { needsPermission: () => undefined },
    settings: {},
    events: {},
    log: {
      error: (text: string) => {
        throw new Error(text);
      },
    },
    httpAdmin: {
      get: route,
      post: route,
      use: (paths: string | string[], load: Load) => {
        if (typeof paths !== 'string') loads.push([paths, load]);
      },
    },
  };
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { nodes, plugins } = manifest['node-red'];
  for (const file of [...Object.values(nodes), ...Object.values(plugins)]) {
    const source = path.join(ROOT, path.relative('dist', file));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the manifest names them
    (require(source) as { default: (RED: NodeAPI) => void }).default(RED as unknown as NodeAPI);
  }
  assert.deepEqual(routes, [], 'routes are registered when somebody asks');
  for (const [paths, load] of loads) {
    routes = [];
    load({}, {}, () => undefined);
    found.set(paths, routes);
  }
  return found;
}

describe('the routes that are registered when somebody asks', () => {
  it('are all below a path that loads them', () => {
    const byPaths = routesByPaths();
    assert.ok([...byPaths.values()].flat().length > 40);
    for (const [paths, routes] of byPaths) {
      for (const route of routes)
        assert.ok(
          paths.some((begin) => route === begin || route.startsWith(`${begin}/`)),
          `${route} is asked for in vain: only ${paths.join(', ')} loads it`,
        );
      for (const begin of paths)
        assert.ok(
          routes.some((route) => `${route}/`.startsWith(`${begin}/`)),
          `${begin} leads nowhere`,
        );
    }
  });
});
