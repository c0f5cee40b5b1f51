import { readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Who may cause what: the one table from which the tests play everybody, and to which docs/security.md is held.
 */

/** What somebody can ask for: the routes of each right, those that a token opens too, and the stream node's WebSocket. */
export const DOORS = [
  ...(['states', 'payloads', 'repair', 'commands', 'devices', 'erase', 'admin'] as const),
  ...(['metrics', 'health', 'stream'] as const),
] as const;
export type Door = (typeof DOORS)[number];

const EVERY = DOORS;
const SEEN = ['states', 'metrics', 'health'] as const;

/** Who asks, and the doors that open. `stream` is one that asks for Node-RED's login. */
export const ASKERS = {
  'nobody, where there is a login': [],
  'a page of another origin, where there is a login': [],
  'a page of another origin, where there is none': [],
  'a page whose name leads here (DNS rebinding), where there is a login': [],
  'a page whose name leads here (DNS rebinding), where there is none': EVERY,
  'a program of the network, where there is no login': EVERY,
  'who knows the token of metrics': ['metrics'],
  'who knows the token of health': ['health'],
  'a user without a right': [],
  states: SEEN,
  payloads: [...SEEN, 'payloads', 'stream'],
  repair: [...SEEN, 'payloads', 'stream', 'repair'],
  commands: [...SEEN, 'payloads', 'stream', 'repair', 'commands'],
  devices: [...SEEN, 'devices'],
  erase: [...SEEN, 'erase'],
  admin: [...SEEN, 'admin'],
} as const satisfies Record<string, readonly Door[]>;
export type Asker = keyof typeof ASKERS;

/** The right of a user of one right. */
export const RIGHT_NAMES = ['states', 'payloads', 'repair', 'commands', 'devices', 'erase', 'admin'] as const;
export type RightName = (typeof RIGHT_NAMES)[number];

export function opens(asker: Asker, door: Door): boolean {
  return (ASKERS[asker] as readonly Door[]).includes(door);
}

/** A route of the table in docs/security.md. */
export interface Route {
  /** Method and path. */
  name: string;
  method: string;
  path: string;
  right: RightName;
  /** The earlier permission that allowed it; empty for none. */
  formerly: string;
  door: Door;
}

export const SECURITY_PAGE = readFileSync(path.join(__dirname, '../../docs/security.md'), 'utf8');

export const ROUTES: readonly Route[] = [
  ...SECURITY_PAGE.matchAll(/^\| `(GET|POST) (\/gridwire\S+)`([^|]*)\| (\w+)[^|]*\| (?:`([^`]+)`|none)/gm),
].map(([, method = '', route = '', note = '', right = '', formerly = '']) => ({
  ...{ name: `${method} ${route}`, method, path: route, right: right as RightName, formerly },
  door: (note.includes('token') ? route.split('/')[2] : right) as Door,
}));

/** The permission of each right. */
export const PERMISSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  [...SECURITY_PAGE.matchAll(/^\| (\w+)\s*\| `(gridwire\.\w+\.\w+)`/gm)].map(
    ([, right = '', permission = '']) => [right, permission],
  ),
);

/** Ids that are there in the flow of the tests, so that a request reaches what it asks for. */
const IDS: Record<string, string> = {
  ...{ ':name': 'taylordash', ':dialect': 'documented', ':letter': '1', ':kind': 'parked', ':queue': 'gone' },
};

/** A path of the admin API, without the slash at its beginning. */
export function urlOf({ path: route }: Pick<Route, 'path'>): string {
  const id = route.includes('/stores/') ? 'store' : route.includes('/brokers/') ? 'broker' : 'devices';
  return route.slice(1).replace(/:\w+/g, (name) => IDS[name] ?? id);
}

/** Requests that change nothing even where they are allowed. */
export const HARMLESS: Readonly<Record<string, object>> = {
  'POST /gridwire/stores/:id/letters/discard': { ids: [] },
  'POST /gridwire/stores/:id/letters/undiscard': { ids: [] },
  'POST /gridwire/stores/:id/queues/:kind/:queue/discard': { ids: [] },
  'POST /gridwire/stores/:id/erase': { subject: 'nobody-of-that-name' },
  'POST /gridwire/ble-battery/scan': { adapter: 'simulator' },
};

/** A word that stands only in bodies, and where reasons quote them. */
export const MARKER = 'only-in-payloads';

/** What would change everything, for those who may not. */
export const HARMFUL: Readonly<Record<string, object>> = {
  'POST /gridwire/stores/:id/letters/discard': { filter: {} },
  'POST /gridwire/stores/:id/queues/:kind/:queue/discard': { all: true },
  'POST /gridwire/stores/:id/erase': { subject: MARKER },
  'POST /gridwire/stores/:id/letters/:letter/republish': { through: 'dlq' },
  'POST /gridwire/stores/:id/repair': { through: 'dlq', filter: {} },
};
