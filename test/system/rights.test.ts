import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { letter, message } from '../unit/store/helpers.js';

/** A word that stands only in bodies, and where reasons quote them. */
const MARKER = 'only-in-payloads';
const HEADER = 'x-test-permissions';

/** A login whose tokens are the permissions themselves. */
const SETTINGS = `
module.exports.adminAuth = {
  type: 'credentials', users: [], tokenHeader: '${HEADER}',
  tokens: async (token) => ({ username: 'user of ' + token, permissions: token.split(',') }),
};
module.exports.gridwire = { metrics: { token: 'token-of-metrics' }, health: { token: 'token-of-health' } };`;

/** A node that tells which routes nodes and plugins really have. */
const ROUTES_NODE = `
module.exports = (RED) => RED.httpAdmin.get('/test-routes', (request, response) => {
  const { stack } = RED.httpAdmin._router ?? RED.httpAdmin.router;
  response.json(stack.flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => method.toUpperCase() + ' ' + route.path)));
});`;

const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  { id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] },
  {
    ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
    ...{ broker: 'broker', store: 'store', contract: 'ecogrid-ems', dialect: 'documented' },
  },
];

/** Which rights a right brings with it; the page has the same the other way round. */
const BRINGS: Record<string, readonly string[]> = {
  states: ['states'],
  payloads: ['payloads', 'states'],
  repair: ['repair', 'payloads', 'states'],
  commands: ['commands', 'repair', 'payloads', 'states'],
  devices: ['devices', 'states'],
  erase: ['erase', 'states'],
  admin: ['admin', 'states'],
};

interface Route {
  name: string;
  method: string;
  path: string;
  right: string;
  formerly: string;
}

const page = readFileSync(path.join(__dirname, '../../docs/security.md'), 'utf8');
const ROUTES: Route[] = [
  ...page.matchAll(/^\| `(GET|POST) (\/gridwire\S+)`[^|]*\| (\w+)[^|]*\| (?:`([^`]+)`|none)/gm),
].map(([, method = '', route = '', right = '', formerly = '']) => ({
  ...{ name: `${method} ${route}`, method, path: route, right, formerly },
}));
const PERMISSIONS = Object.fromEntries(
  [...page.matchAll(/^\| (\w+)\s*\| `(gridwire\.\w+\.\w+)`/gm)].map(([, right = '', permission = '']) => [
    right,
    permission,
  ]),
);

/** Ids that are there, so that a request reaches what it asks for. */
const IDS: Record<string, string> = {
  ...{ ':name': 'taylordash', ':dialect': 'documented', ':letter': '1', ':kind': 'parked', ':queue': 'gone' },
};

function urlOf(route: string): string {
  const id = route.includes('/stores/') ? 'store' : route.includes('/brokers/') ? 'broker' : 'devices';
  return route.slice(1).replace(/:\w+/g, (name) => IDS[name] ?? id);
}

/** Requests that change nothing even where they are allowed. */
const BODIES: Record<string, object> = {
  'POST /gridwire/stores/:id/letters/discard': { ids: [] },
  'POST /gridwire/stores/:id/letters/undiscard': { ids: [] },
  'POST /gridwire/stores/:id/queues/:kind/:queue/discard': { ids: [] },
  'POST /gridwire/stores/:id/erase': { subject: 'nobody-of-that-name' },
  'POST /gridwire/ble-battery/scan': { adapter: 'simulator' },
};

/** What would change everything, for those who may not. */
const HARMFUL: Record<string, object> = {
  'POST /gridwire/stores/:id/letters/discard': { filter: {} },
  'POST /gridwire/stores/:id/queues/:kind/:queue/discard': { all: true },
  'POST /gridwire/stores/:id/erase': { subject: MARKER },
  'POST /gridwire/stores/:id/letters/:letter/republish': { through: 'dlq' },
  'POST /gridwire/stores/:id/repair': { through: 'dlq', filter: {} },
};

function addRoutesNode(userDir: string): void {
  mkdirSync(path.join(userDir, 'nodes'));
  writeFileSync(path.join(userDir, 'nodes', 'test-routes.js'), ROUTES_NODE);
  writeFileSync(path.join(userDir, 'nodes', 'test-routes.html'), '<script></script>');
}

async function routesOf({ url }: NodeRedProcess): Promise<string[]> {
  return (await (await fetch(new URL('test-routes', url))).json()) as string[];
}

describe('rights: every admin route, asked by everybody', function () {
  this.timeout(120_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  before(async () => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-rights-'));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add([
      letter('sites/1/devices/A/telemetry', { powerKw: MARKER }, { reason: `found "${MARKER}"` }),
      letter('sites/1/devices/A/commands', { command: 'stop', parameters: {}, note: MARKER }),
    ]);
    const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: `found "${MARKER}"` };
    await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1', MARKER) }]);
    await store.close();
    addRoutesNode(userDir);
    nodeRed = await NodeRedProcess.start({ flows: FLOW, userDir, settingsCode: SETTINGS });
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const ask = (
    { name, method, path: route }: Route,
    permissions: string | undefined,
    {
      bodies = BODIES,
      headers = {},
    }: { bodies?: Record<string, object>; headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    fetch(new URL(urlOf(route), nodeRed.url), {
      method,
      headers: {
        ...(permissions === undefined ? {} : { [HEADER]: permissions }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(method === 'POST' ? { body: JSON.stringify(bodies[name] ?? {}) } : {}),
    });

  /** The routes that a user of some permissions gets to. */
  async function reached(permissions: string): Promise<string[]> {
    const answers = await Promise.all(
      ROUTES.map(async (route) => ({ route, status: (await ask(route, permissions)).status })),
    );
    for (const { route, status } of answers) assert.notEqual(status, 401, route.name);
    return answers.flatMap(({ route, status }) => (status === 403 ? [] : [route.name])).sort();
  }

  async function holdings(): Promise<object> {
    const get = async (route: string): Promise<unknown> =>
      (
        await fetch(new URL(`gridwire/stores/store/${route}`, nodeRed.url), { headers: { [HEADER]: '*' } })
      ).json();
    return [await get('letter-counts'), await get('queues'), await get('audit')] as object;
  }

  const named = (routes: readonly Route[]): string[] => routes.map(({ name }) => name).sort();

  it('stand in the table of docs/security.md, each with one right, and no other stands there', async () => {
    const bareDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-no-routes-'));
    addRoutesNode(bareDir);
    const bare = await NodeRedProcess.start({ userDir: bareDir, bare: true });
    try {
      // Whatever they are called: a route of ours that is not in the table is one that nobody asked about rights.
      const others = new Set(await routesOf(bare));
      const own = (await routesOf(nodeRed)).filter((route) => !others.has(route));
      assert.deepEqual(named(ROUTES), own.sort());
    } finally {
      await bare.stop();
      rmSync(bareDir, { recursive: true, force: true });
    }
    assert.deepEqual(Object.keys(PERMISSIONS).sort(), Object.keys(BRINGS).sort());
    assert.deepEqual(
      ROUTES.filter(({ right }) => PERMISSIONS[right] === undefined),
      [],
    );
  });

  it('answer nobody who is not logged in, and nobody without a right, and change nothing', async () => {
    const before = await holdings();
    for (const route of ROUTES) {
      assert.equal((await ask(route, undefined, { bodies: HARMFUL })).status, 401, route.name);
      const refused = await ask(route, 'flows.read,gridwire.other.read', { bodies: HARMFUL });
      assert.equal(refused.status, 403, route.name);
      const { code, message: said } = (await refused.json()) as { code: string; message: string };
      assert.equal(code, 'RIGHT_MISSING');
      assert.match(said, new RegExp(PERMISSIONS[route.right]!.replaceAll('.', '\\.')));
    }
    assert.deepEqual(await holdings(), before);
  });

  it('answer who knows the token of a part where the table says so, and nowhere else', async () => {
    const withToken = [
      ...page.matchAll(/^\| `(GET) (\/gridwire\/(\w+)\S*)` \(and who knows the token/gm),
    ].map(([, method, route, part]) => ({ name: `${method} ${route}`, part }));
    assert.equal(withToken.length, 4);
    for (const part of ['metrics', 'health']) {
      const headers = { authorization: `Bearer token-of-${part}` };
      for (const route of ROUTES) {
        const { status } = await ask(route, undefined, { bodies: HARMFUL, headers });
        const known = withToken.some(({ name, part: its }) => name === route.name && its === part);
        assert.equal(status === 401, !known, `${route.name}, by the token of ${part}: ${status}`);
      }
    }
  });

  it('answer no page of another origin, and no form, not even an administrator of Node-RED', async () => {
    const before = await holdings();
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example' },
    ];
    for (const route of ROUTES) {
      for (const headers of foreign)
        assert.equal((await ask(route, '*', { bodies: HARMFUL, headers })).status, 403, route.name);
      if (route.method === 'GET') continue;
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      assert.equal((await ask(route, '*', { bodies: HARMFUL, headers: form })).status, 403, route.name);
    }
    assert.deepEqual(await holdings(), before);
  });

  for (const [right, brings] of Object.entries(BRINGS)) {
    it(`answer a user of the right "${right}" where the table says so, and nowhere else`, async () => {
      const may = ROUTES.filter((route) => brings.includes(route.right));
      assert.deepEqual(await reached(PERMISSIONS[right]!), named(may));
    });
  }

  it('answer the wide permissions of Node-RED as they are meant', async () => {
    const ending = (end: string): string[] =>
      named(ROUTES.filter(({ right }) => PERMISSIONS[right]!.endsWith(end)));
    assert.deepEqual(await reached('*'), named(ROUTES));
    assert.deepEqual(await reached('read'), ending('.read'));
    assert.deepEqual(await reached('write'), ending('.write'));
  });

  it('answer each earlier permission as before', async () => {
    for (const earlier of new Set(ROUTES.flatMap(({ formerly }) => (formerly === '' ? [] : formerly)))) {
      const may = ROUTES.filter(({ formerly }) => formerly === earlier);
      assert.deepEqual(await reached(earlier), named(may), earlier);
    }
  });

  it('show no payload to a user who may see states only, and let that user change nothing', async () => {
    const before = await holdings();
    const permission = PERMISSIONS['states']!;
    for (const route of ROUTES) {
      const answer = await ask(route, permission, { bodies: HARMFUL });
      assert.doesNotMatch(await answer.text(), new RegExp(MARKER), route.name);
    }
    assert.deepEqual(await holdings(), before);
    const letters = ROUTES.find(({ name }) => name === 'GET /gridwire/stores/:id/letters')!;
    assert.match(await (await ask(letters, PERMISSIONS['payloads'])).text(), new RegExp(MARKER));
  });

  it('send commands again for those alone who have the right for it', async () => {
    const republish = ROUTES.filter(({ name }) => /republish|repair\/preview|POST .*\/repair$/.test(name));
    assert.equal(republish.length, 3);
    for (const route of republish) {
      const which = route.name.endsWith('republish') ? {} : { filter: { code: 'TYPE_UNKNOWN' } };
      const bodies = { [route.name]: { through: 'dlq', commands: ['commands'], ...which } };
      assert.equal((await ask(route, PERMISSIONS['repair'], { bodies })).status, 403, route.name);
      assert.equal((await ask(route, PERMISSIONS['commands'], { bodies })).status, 200, route.name);
      assert.notEqual((await ask(route, 'gridwire-store.write', { bodies })).status, 403, route.name);
    }
  });

  it('write into the audit log who did what, by which right, and how it ended', async () => {
    const discard = ROUTES.find(({ name }) => name.endsWith('letters/discard'))!;
    const bodies = { [discard.name]: { ids: [1] } };
    assert.equal((await ask(discard, PERMISSIONS['repair'], { bodies })).status, 200);
    const audit = ROUTES.find(({ name }) => name.endsWith('/audit'))!;
    const { entries } = (await (await ask(audit, '*')).json()) as {
      entries: { actor: string; action: string; details: { ids?: number[] } }[];
    };
    const { actor, details } = entries.find((each) => each.details.ids?.[0] === 1)!;
    assert.equal(actor, 'user of gridwire.repair.write');
    assert.deepEqual(details, {
      ...{ ids: [1], discarded: 1, right: 'gridwire.repair.write', outcome: '1 given up' },
    });
  });

  it('answer what cannot be read with an error of their own, without a stack', async () => {
    const send = (url: string, init: RequestInit): Promise<Response> =>
      fetch(new URL(url, nodeRed.url), {
        ...init,
        headers: { [HEADER]: '*', 'content-type': 'application/json' },
      });
    const cases: [Promise<Response>, number, string][] = [
      [send('gridwire/stores/store/erase', { method: 'POST', body: '{"subject":' }), 400, 'BODY_NOT_JSON'],
      [send('gridwire/stores/store/erase', { method: 'POST', body: '"text"' }), 400, 'BODY_NOT_JSON'],
      [
        send('gridwire/validate/test', { method: 'POST', body: `"${'x'.repeat(6_000_000)}"` }),
        ...([413, 'BODY_TOO_LARGE'] as const),
      ],
      [send('gridwire/stores/%E0%A4%A/state', {}), 400, 'BODY_NOT_JSON'],
    ];
    for (const [asked, status, code] of cases) {
      const answer = await asked;
      const body = await answer.text();
      assert.equal(answer.status, status, body);
      assert.equal((JSON.parse(body) as { code: string }).code, code);
      assert.doesNotMatch(body, /node_modules|\bat /);
    }
  });
});
