import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { letter, message } from '../unit/store/helpers.js';
import type { FlowNode } from './node-red-admin.js';
import { NodeRedProcess, type NodeRedOptions } from './node-red-process.js';
import { MARKER, type Route, urlOf } from './trust.js';

/** A node that tells which routes nodes and plugins really have, those that the first request would load included. */
const ROUTES_NODE = `
module.exports = (RED) => RED.httpAdmin.get('/test-routes', (request, response) => {
  const { stack } = RED.httpAdmin._router ?? RED.httpAdmin.router;
  for (const { name, handle } of [...stack]) if (name === 'gridwireRoutes') handle({}, {}, () => undefined);
  response.json(stack.flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => method.toUpperCase() + ' ' + route.path)));
});`;

/** One of each that has routes, and letters and events to see and to lose. */
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  { id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] },
  {
    ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
    ...{ broker: 'broker', store: 'store', contract: 'ecogrid-ems', dialect: 'documented' },
  },
  { id: 'stream', type: 'gridwire-stream', z: 'tab', x: 200, y: 200, path: '/ws/events', access: 'login' },
];

/** What says the permissions of who asks. */
export const HEADER = 'x-test-permissions';

/** A login whose tokens are the permissions themselves, and tokens of the parts that have one. */
export const LOGIN = {
  settingsCode: `
module.exports.adminAuth = {
  type: 'credentials', users: [], tokenHeader: '${HEADER}',
  tokens: async (token) => ({ username: 'user of ' + token, permissions: token.split(',') }),
};
module.exports.gridwire = { metrics: { token: 'token-of-metrics' }, health: { token: 'token-of-health' } };`,
};

const ANY_ORIGIN = { origin: true, methods: 'GET,POST', credentials: true };

/** No login, roots of its own, and whoever asks is told that any page may: as open as settings make it. */
export const OPEN = {
  settings: {
    ...{ httpAdminRoot: '/red', httpNodeRoot: '/flows' },
    ...{ httpAdminCors: ANY_ORIGIN, httpNodeCors: ANY_ORIGIN },
  },
};

export interface Question {
  headers?: Record<string, string>;
  bodies?: Readonly<Record<string, object>>;
}

/** A Node-RED with something to protect, and what anybody may ask it. */
export class TrustPlace {
  private constructor(
    readonly nodeRed: NodeRedProcess,
    private readonly userDir: string,
    /** Where its admin API and its own http nodes are; both end with a slash. */
    readonly admin: URL,
    readonly flows: URL,
    /** Says who may see everything. */
    private readonly master: Record<string, string>,
  ) {}

  static async open(
    options: Pick<NodeRedOptions, 'settings' | 'settingsCode'>,
    master: Record<string, string> = {},
  ): Promise<TrustPlace> {
    const userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-trust-'));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add([
      letter('sites/1/devices/A/telemetry', { powerKw: MARKER }, { reason: `found "${MARKER}"` }),
      letter('sites/1/devices/A/commands', { command: 'stop', parameters: {}, note: MARKER }),
    ]);
    const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: `found "${MARKER}"` };
    await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1', MARKER) }]);
    await store.close();
    addRoutesNode(userDir);
    const nodeRed = await NodeRedProcess.start({ flows: FLOW, userDir, ...options });
    const root = (name: string): URL => {
      const given = options.settings?.[name];
      return new URL(typeof given === 'string' ? `.${given}/` : '.', nodeRed.url);
    };
    return new TrustPlace(nodeRed, userDir, root('httpAdminRoot'), root('httpNodeRoot'), master);
  }

  async close(): Promise<void> {
    await this.nodeRed.stop();
    rmSync(this.userDir, { recursive: true, force: true });
  }

  /** Asks a route, a POST with JSON unless its headers say otherwise. `fetch` would not let a header name another host. */
  async ask(route: Route, { headers = {}, bodies = {} }: Question): Promise<Response> {
    const { method } = route;
    const body = method === 'POST' ? JSON.stringify(bodies[route.name] ?? {}) : '';
    const given = { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers };
    const asked = request(new URL(urlOf(route), this.admin), { method, headers: given, agent: false });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return new Response(await text(answer), { status: answer.statusCode! });
  }

  /** Whether a stream is shown to who sends these headers. */
  async streams(headers: Record<string, string>): Promise<boolean> {
    const address = new URL('ws/events', this.flows).href.replace('http', 'ws');
    const socket = new WebSocket(address, { headers, perMessageDeflate: false });
    try {
      return await new Promise((resolve) => {
        socket.once('message', () => resolve(true));
        socket.once('close', () => resolve(false));
        socket.once('error', () => resolve(false));
        // Who is not known by its headers may still say who it is; one that says something else is sent away.
        socket.once('open', () => socket.send('{"token":"guessed"}'));
      });
    } finally {
      socket.on('error', () => undefined).terminate();
    }
  }

  /** All that a request could change. */
  async holdings(): Promise<unknown[]> {
    const get = async (what: string): Promise<unknown> =>
      (
        await fetch(new URL(`gridwire/stores/store/${what}`, this.admin), { headers: this.master })
      ).json() as Promise<unknown>;
    return [await get('letter-counts'), await get('queues'), await get('audit')];
  }

  /** The routes that its nodes and plugins have, found in the running server. */
  async routes(): Promise<string[]> {
    return (await (await fetch(new URL('test-routes', this.admin))).json()) as string[];
  }
}

/** The routes that a Node-RED without this package has. */
export async function routesWithoutUs(): Promise<string[]> {
  const userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-no-routes-'));
  addRoutesNode(userDir);
  const nodeRed = await NodeRedProcess.start({ userDir, bare: true });
  try {
    return (await (await fetch(new URL('test-routes', nodeRed.url))).json()) as string[];
  } finally {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
}

function addRoutesNode(userDir: string): void {
  mkdirSync(path.join(userDir, 'nodes'));
  writeFileSync(path.join(userDir, 'nodes', 'test-routes.js'), ROUTES_NODE);
  writeFileSync(path.join(userDir, 'nodes', 'test-routes.html'), '<script></script>');
}
