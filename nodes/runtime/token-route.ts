import type { NodeAPI } from 'node-red';
import { adminRoute } from './admin-route.js';
import { partSettings } from './part-settings.js';
import { isSecret } from './secret.js';

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

function isToken(header: string | string[] | undefined, token: string): boolean {
  return typeof header === 'string' && isSecret(header, `Bearer ${token}`);
}
