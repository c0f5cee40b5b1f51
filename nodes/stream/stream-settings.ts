import { isOrigin } from '../../src/stream/origin.js';
import type { NodeAPI } from 'node-red';
import { listOf } from '../../src/list.js';
import type { Settings } from '../runtime/settings.js';
import { type Door, loginKnown, makeDoor, tokenKnown } from './door.js';

export interface StreamSettings {
  /** On Node-RED's server, its root included. */
  path: string;
  door: Door;
  /** Bytes that may wait for one client. */
  room: number;
  /** Most clients at a time. */
  clients: number;
}

/** A shorter one can be guessed. */
const SHORTEST_TOKEN = 16;

export function streamSettings(RED: NodeAPI, settings: Settings): StreamSettings {
  const path = pathSetting(RED, settings);
  const access = settings.choice('access', ['login', 'token'], 'login');
  const token = settings.credential('token') ?? '';
  if (access === 'token' && token.length < SHORTEST_TOKEN)
    settings.fault('token', `must have at least ${SHORTEST_TOKEN} characters.`);
  const origins = listOf(settings.text('origins'));
  for (const origin of origins)
    if (!isOrigin(origin))
      settings.fault('origins', `"${origin}" is no origin such as https://dashboard.example:8443.`);
  return {
    path,
    door: makeDoor(origins, access === 'token' ? tokenKnown(token) : loginKnown(RED)),
    room: settings.integer('bufferKib', { minimum: 16, maximum: 65_536, otherwise: 1_024 }) * 1_024,
    clients: settings.integer('clients', { minimum: 1, maximum: 10_000, otherwise: 100 }),
  };
}

function pathSetting(RED: NodeAPI, settings: Settings): string {
  const written = settings.text('path', '/ws/events');
  if (!/^\/[\w.~/-]*$/.test(written))
    settings.fault('path', 'must begin with / and have letters, digits and - _ . ~ / only.');
  const path = joined(RED.settings.httpNodeRoot, written);
  if (path === joined(RED.settings.httpAdminRoot, '/comms'))
    settings.fault('path', `${path} is where Node-RED's editor has its own.`);
  RED.nodes.eachNode((node) => {
    const other = node as { type: string; path?: unknown };
    if (other.type !== 'websocket-listener' || typeof other.path !== 'string') return;
    if (joined(RED.settings.httpNodeRoot, other.path) === path)
      settings.fault(
        'path',
        `a websocket node listens at ${other.path} already; two answers would break both.`,
      );
  });
  return path;
}

function joined(root: unknown, path: string): string {
  const base = typeof root === 'string' ? root : '';
  return `${base}/${path}`.replace(/\/+/g, '/');
}
