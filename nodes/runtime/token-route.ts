import { createHash, timingSafeEqual } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { adminRoute } from './admin-route.js';
import { partSettings } from './part-settings.js';

/** The part of Express that these routes use. */
export interface PlainResponse {
  status(code: number): PlainResponse;
  set(name: string, value: string): PlainResponse;
  send(body: string): unknown;
  json(body: unknown): unknown;
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
