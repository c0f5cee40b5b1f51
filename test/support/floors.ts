import { isBuiltin } from 'node:module';
import type { Modules } from './modules.js';

/** Where things live: a file belongs to the first room whose path it begins with. */
const ROOMS = [
  ['src/index.ts', 'index'],
  ['src/errors.ts', 'errors'],
  ['src/why.ts', 'why'],
  ['src/trial.ts', 'trial'],
  ['src/bounds.ts', 'bounds'],
  ['src/event.ts', 'event'],
  ['src/header-order.ts', 'event'],
  ['src/clock.ts', 'clock'],
  ['src/silence.ts', 'silence'],
  ['src/boot.ts', 'boot'],
  ['src/bytes.ts', 'bytes'],
  ['src/own.ts', 'own'],
  ['src/uuid.ts', 'uuid'],
  ['src/repeats.ts', 'repeats'],
  ['src/fifo.ts', 'fifo'],
  ['src/linked-list.ts', 'fifo'],
  ['src/passing-map.ts', 'fifo'],
  ['src/once.ts', 'once'],
  ['src/turn.ts', 'turn'],
  ['src/known-keys.ts', 'known-keys'],
  ['src/variables.ts', 'variables'],
  ['src/list.ts', 'list'],
  ['src/counted.ts', 'counted'],
  ['src/written.ts', 'written'],
  ['src/file-text.ts', 'written'],
  ['src/untrusted/', 'untrusted'],
  ['src/contracts/time/', 'time'],
  ['src/contracts/json/', 'json'],
  ['src/contracts/', 'contracts'],
  ['src/brokers/', 'brokers'],
  ['src/store/', 'store'],
  ['src/delivery/', 'delivery'],
  ['src/telemetry/', 'telemetry'],
  ['src/battery/frames/', 'frames'],
  ['src/battery/', 'battery'],
  ['src/observe/facts/', 'facts'],
  ['src/observe/', 'observe'],
  ['src/stream/', 'stream'],
  ['src/grid/', 'grid'],
  ['src/cli/', 'cli'],
  ['nodes/rights.ts', 'rights'],
  ['nodes/runtime/', 'runtime'],
  ['nodes/fields/', 'fields'],
  ['nodes/messages/', 'messages'],
  ['nodes/flow-completion/', 'flow-completion'],
  ['nodes/inbound/', 'inbound'],
  ['nodes/outbound/', 'outbound'],
  ['nodes/editor/browser/', 'browser'],
  ['nodes/', 'nodes'],
] as const;

type Room = (typeof ROOMS)[number][1];

const GROUND: readonly Room[] = [
  'errors',
  'why',
  'trial',
  'repeats',
  'event',
  'clock',
  'silence',
  'boot',
  'bytes',
  'uuid',
  'own',
  'fifo',
  'once',
  'known-keys',
  'turn',
  'variables',
  'list',
  'counted',
  'written',
  'bounds',
  'facts',
];
const MIDDLE: readonly Room[] = ['contracts', 'brokers', 'store', 'json', 'time', 'untrusted'];
const UPPER: readonly Room[] = ['delivery', 'telemetry', 'battery', 'observe', 'stream'];
const ALL_OF_SRC: readonly Room[] = [...UPPER, ...MIDDLE, ...GROUND, 'frames', 'grid'];

/** Which rooms a room may import from beside itself. Arrows point down only. */
const MAY_IMPORT: Record<Room, readonly Room[]> = {
  why: [],
  trial: [],
  errors: ['why', 'bounds'],
  repeats: ['clock'],
  clock: [],
  silence: ['clock'],
  boot: [],
  bytes: [],
  uuid: [],
  own: ['errors'],
  fifo: [],
  once: [],
  'known-keys': [],
  turn: ['bounds'],
  variables: ['errors'],
  list: [],
  counted: [],
  written: ['errors'],
  bounds: [],
  event: ['errors', 'bounds'],
  // What happened, for whoever listens; it may be told on every floor.
  facts: ['errors', 'event'],
  // What untrusted people wrote, computed within limits.
  untrusted: ['errors', 'bounds', 'clock', 'own', 'once'],
  time: GROUND,
  json: [...GROUND, 'time'],
  contracts: [...GROUND, 'json', 'time', 'untrusted'],
  brokers: [...GROUND, 'json', 'time'],
  store: GROUND,
  delivery: [...MIDDLE, ...GROUND],
  telemetry: [...MIDDLE, ...GROUND, 'delivery'],
  battery: [...MIDDLE, ...GROUND, 'frames'],
  // Listeners know what is told, and nobody who tells it.
  observe: [...GROUND, 'json', 'time'],
  // Events for those who look on.
  stream: [...GROUND, 'json', 'brokers'],
  // Pure functions and typed arrays, usable alone.
  frames: ['errors'],
  grid: ['errors', 'known-keys'],
  index: ALL_OF_SRC,
  cli: ['store', 'errors'],
  // What a person may do: the editor and the admin routes decide alike.
  rights: [],
  runtime: [...ALL_OF_SRC, 'rights'],
  messages: [...ALL_OF_SRC, 'runtime'],
  'flow-completion': [...ALL_OF_SRC, 'runtime'],
  fields: [...ALL_OF_SRC, 'runtime'],
  inbound: [...ALL_OF_SRC, 'runtime', 'fields', 'flow-completion'],
  outbound: [...ALL_OF_SRC, 'runtime', 'fields', 'flow-completion'],
  browser: [...ALL_OF_SRC, 'fields', 'rights'],
  nodes: [...ALL_OF_SRC, 'rights', 'runtime', 'fields', 'messages', 'flow-completion', 'inbound', 'outbound'],
};

/** Packages that the build puts into one file, so that users need not have them. */
const BUNDLED: Readonly<Record<string, string>> = {
  uplot: 'nodes/editor/browser/',
  jsonata: 'src/untrusted/jsonata.ts',
  re2js: 'src/untrusted/re2.ts',
};

const NODE_RED = /^(node-red|@node-red)(\/|$)/;

/**
 * Every import that the house does not allow, as `file imports what: why`.
 * @param packages the names under dependencies and optionalDependencies
 */
export function forbiddenImports(modules: Modules, packages: readonly string[]): string[] {
  return [...modules].flatMap(([file, imports]) =>
    imports.flatMap((imported) => {
      const reason = isOurs(imported)
        ? forbiddenWithin(file, imported, modules)
        : forbiddenPackage(file, imported, packages);
      return reason === undefined ? [] : [`${file} imports ${imported}: ${reason}`];
    }),
  );
}

function forbiddenWithin(file: string, imported: string, modules: Modules): string | undefined {
  if (!modules.has(imported)) return 'there is no such file in src/ or nodes/';
  const [from, to] = [roomOf(file), roomOf(imported)];
  if (from === undefined) return 'the importing file stands in no room of the house; add it to floors.ts';
  if (to === undefined) return 'the imported file stands in no room of the house; add it to floors.ts';
  if (from !== to && !MAY_IMPORT[from].includes(to)) return `${from} may not know ${to}`;
  const [node, otherNode] = [nodeOf(file), nodeOf(imported)];
  if (otherNode === undefined || to !== 'nodes' || node === otherNode) return undefined;
  return 'a node may not know another node; what they share belongs in a room of its own below nodes/';
}

function forbiddenPackage(file: string, imported: string, packages: readonly string[]): string | undefined {
  if (NODE_RED.test(imported)) {
    return file.startsWith('nodes/') ? undefined : 'only nodes/ knows Node-RED';
  }
  if (isBuiltin(imported)) return undefined;
  const name = imported.split('/', imported.startsWith('@') ? 2 : 1).join('/');
  const place = BUNDLED[name];
  if (place !== undefined && file.startsWith(place)) return undefined;
  return packages.includes(name) ? undefined : `${name} is not installed with the package`;
}

function isOurs(imported: string): boolean {
  return imported.startsWith('src/') || imported.startsWith('nodes/') || imported.startsWith('.');
}

function roomOf(file: string): Room | undefined {
  return ROOMS.find(([start]) => file.startsWith(start))?.[1];
}

function nodeOf(file: string): string | undefined {
  return /^nodes\/([^/]+)\//.exec(file)?.[1];
}
