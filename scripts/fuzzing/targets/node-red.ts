import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { RequestListener, Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import ack from '../../../nodes/ack/ack.js';
import bleBattery from '../../../nodes/ble-battery/ble-battery.js';
import broker from '../../../nodes/broker/broker.js';
import contract from '../../../nodes/contract/contract.js';
import devices from '../../../nodes/devices/devices.js';
import dlq from '../../../nodes/dlq/dlq.js';
import { registerRoutes } from '../../../nodes/editor/catalogue-routes.js';
import gridSim from '../../../nodes/grid-sim/grid-sim.js';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import store from '../../../nodes/store/store.js';
import subscribe from '../../../nodes/subscribe/subscribe.js';
import validate from '../../../nodes/validate/validate.js';
import { standings } from '../../../src/observe/facts/standings.js';
import { type EmbeddedNodeRed, startNodeRed } from '../../../test/support/node-red-runtime.js';
import type { Chance } from '../generator.js';
import type { Fire, Target } from '../target.js';

const NODES = [
  ack,
  bleBattery,
  broker,
  contract,
  devices,
  dlq,
  registerRoutes,
  gridSim,
  store,
  subscribe,
  validate,
];
const register = (RED: NodeAPI): void => NODES.forEach((each) => each(RED));

const WORDS = [
  'through',
  'filter',
  'patch',
  'commands',
  'ids',
  'subject',
  'edited',
  'all',
  'text',
  'document',
  'schema',
];
const MEMBERS = [
  ...WORDS,
  'source',
  'contract',
  'dialect',
  'eventType',
  'topic',
  'start',
  'serialNumber',
  'id',
  'after',
];
const VALUES = [
  'dlq',
  'schema',
  'contract',
  'taylordash',
  'simulator',
  'SN-1',
  '$',
  '{"type":"object"}',
  '{}',
  'auto',
];

interface Layer {
  name: string;
  handle: (request: object, response: object, next: () => void) => void;
  route?: { path: string; methods: Record<string, boolean> };
}

/** The routes that the running Node-RED has of ours. */
function routesOf(RED: NodeAPI): { method: string; path: string }[] {
  const { _router: router } = RED.httpAdmin as unknown as { _router: { stack: Layer[] } };
  // What the first request would load.
  for (const { name, handle } of [...router.stack])
    if (name === 'gridwireRoutes') handle({}, {}, () => undefined);
  return router.stack.flatMap(({ route }) =>
    route?.path.startsWith('/gridwire') === true && !route.path.includes('ble-battery')
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : [],
  );
}

function pathOf(chance: Chance, route: string): string {
  const filled = route.replace(/:\w+/g, (name) =>
    chance.is(0.7)
      ? ({ ':id': chance.pick(['store', 'devices', 'broker', 'sim']), ':letter': '1', ':kind': 'outbox' }[
          name
        ] ?? 'taylordash')
      : encodeURIComponent(chance.text(40).toWellFormed()),
  );
  // What is not under this is Node-RED's own.
  const spoiled = (): string => `/gridwire/${chance.changedText(filled.slice(10)).replace(/[^!-~]/g, '%')}`;
  return chance.is(0.05) ? spoiled() : filled;
}

function bodyOf(chance: Chance): string {
  const value = () => (chance.is(0.5) ? chance.pick(VALUES) : chance.json(3));
  const members = Array.from({ length: chance.size(8) }, () => [chance.pick(MEMBERS), value()] as const);
  const text = JSON.stringify(chance.is(0.1) ? chance.json() : Object.fromEntries(members));
  return chance.is(0.1) ? chance.changedText(text) : text;
}

async function startAdmin(): Promise<Fire> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-fuzz-red-'));
  const nodeRed = await startNodeRed({
    nodes: register,
    settings: { httpAdminRoot: '/', disableEditor: true },
  });
  await nodeRed.deploy([
    { id: 'tab', type: 'tab' },
    { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: path.join(folder, 'store.db') },
    { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
    { id: 'devices', type: 'gridwire-devices', policy: 'hold', devices: [] },
    {
      id: 'dlq',
      type: 'gridwire-dlq',
      z: 'tab',
      x: 1,
      y: 1,
      store: 'store',
      broker: 'broker',
      contract: 'taylordash',
    },
  ]);
  const { RED } = nodeRed;
  const server = RED.server as unknown as Server;
  // What Node-RED has mounted the routes of nodes in reads the bodies.
  server.on('request', (RED.httpAdmin as unknown as { parent: RequestListener }).parent);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const routes = routesOf(RED);
  return {
    shoot: async (chance) => {
      const { method, path: route } = chance.pick(routes);
      const query = chance.is(0.3)
        ? `?${chance.pick(MEMBERS)}=${encodeURIComponent(chance.text().toWellFormed())}`
        : '';
      const answer = await fetch(url + pathOf(chance, route) + query, {
        method,
        headers: { 'content-type': chance.is(0.95) ? 'application/json' : 'text/plain' },
        ...(method === 'POST' ? { body: bodyOf(chance) } : {}),
      });
      const text = await answer.text();
      if (answer.status >= 500 && answer.status !== 503)
        throw new Error(`${method} ${route}: ${answer.status} ${text}`);
      if (/"INTERNAL"|node_modules|\n\s+at /.test(text))
        throw new Error(`${method} ${route}: ${text.slice(0, 2_000)}`);
    },
    stop: () => stopped(nodeRed, folder),
  };
}

async function stopped(nodeRed: EmbeddedNodeRed, folder: string): Promise<void> {
  (nodeRed.RED.server as unknown as Server).closeAllConnections();
  await nodeRed.stop();
  rmSync(folder, { recursive: true, force: true });
}

export const adminRequests: Target = {
  name: 'admin',
  what: 'a user: requests to every admin route of a running Node-RED',
  start: startAdmin,
};

/** Messages that wait for their receipt; nobody who guesses gets one of them settled. */
const WAITING = 5;

async function startReceipts(): Promise<Fire> {
  const nodeRed = await startNodeRed({ nodes: register });
  await nodeRed.deploy([
    { id: 'tab', type: 'tab' },
    { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
    {
      ...{
        id: 'in',
        type: 'gridwire-subscribe',
        z: 'tab',
        x: 1,
        y: 1,
        broker: 'broker',
        contract: '',
        filter: 't/#',
      },
      // Where nothing is wired an event is settled at once, and nothing would wait.
      ...{ settlement: 'explicit', settleTimeout: '86400', wires: [['somebody'], []] },
    },
    {
      id: 'ack',
      type: 'gridwire-ack',
      z: 'tab',
      x: 1,
      y: 1,
      outcome: 'ack',
      property: 'receipt',
      wires: [[]],
    },
  ]);
  const { nodes } = nodeRed.RED;
  const { broker: memory } = nodes.getNode('broker') as unknown as BrokerNode;
  await memory?.connect();
  for (let index = 0; index < WAITING; index += 1)
    await memory?.publish({
      topic: `t/${index}`,
      body: Buffer.from('{}'),
      qos: 1,
      retain: false,
      headers: {},
    });
  return {
    shoot: (chance) => {
      const guessed = `gw${chance.pick(['c', 'e'])}-${chance.word()}-${chance.int(0, 9)}`;
      const anything = [guessed, chance.text(), chance.json(), chance.bytes(9), Symbol('x'), () => 1, 10n];
      const one = (): unknown => (chance.is(0.5) ? guessed : chance.pick(anything));
      const receipt = chance.is(0.2)
        ? Array.from({ length: chance.size(12_000) }, chance.is(0.5) ? () => guessed : one)
        : one();
      const message = { payload: chance.json(2), receipt, [Symbol.for('gridwire.receipt')]: one() };
      nodes.getNode('ack').receive(message);
      const left = standings().flatMap((standing) => (standing.of === 'inbox' ? standing.inHand : []));
      // What this case settles shows in the next.
      if (left[0] !== WAITING) throw new Error(`Of ${WAITING} events that wait ${left.join()} are left.`);
    },
    stop: () => nodeRed.stop(),
  };
}

export const receipts: Target = {
  name: 'receipts',
  what: 'a flow: receipts that it was never given',
  start: startReceipts,
};
