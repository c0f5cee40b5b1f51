import { createHash, timingSafeEqual } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { adminRoute } from './admin-route.js';

/** The part of Express that these routes use. */
export interface PlainResponse {
  status(code: number): PlainResponse;
  set(name: string, value: string): PlainResponse;
  send(body: string): unknown;
  json(body: unknown): unknown;
}

/** What Node-RED's settings may say of a part, under `gridwire`. */
interface PartSettings {
  /** Who knows this needs no login, as a program does not have one. */
  token?: unknown;
}

/** The settings of a part in Node-RED's settings file: `gridwire: { metrics: { … } }`; false switches it off. */
export function partSettings(RED: NodeAPI, part: 'metrics' | 'health'): PartSettings | false {
  const { gridwire } = RED.settings as { gridwire?: Record<string, unknown> };
  const given = gridwire?.[part];
  if (given === false) return false;
  return typeof given === 'object' && given !== null ? given : {};
}

/**
 * A route that programs read: for whoever may see states in the editor, and for who knows the token of the part's
 * settings.
 */
export function tokenRoute(
  RED: NodeAPI,
  path: string,
  part: 'metrics' | 'health',
  answer: (response: PlainResponse) => void,
): void {
  const settings = partSettings(RED, part);
  const token = settings === false ? undefined : settings.token;
  adminRoute(
    RED,
    'get',
    path,
    { right: 'states', formerly: `gridwire-${part}.read` },
    (_request, response) => answer(response as unknown as PlainResponse),
    ({ headers }) => typeof token === 'string' && token !== '' && isToken(headers['authorization'], token),
  );
}

/** Compares in a time that says nothing of how much of it is right. */
function isToken(header: string | string[] | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof header === 'string' && timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}
