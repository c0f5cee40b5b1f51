import { createHash, timingSafeEqual } from 'node:crypto';
import type { NodeAPI } from 'node-red';

/** The part of Express that these routes use. */
export interface PlainRequest {
  headers: Record<string, string | string[] | undefined>;
}
export interface PlainResponse {
  status(code: number): PlainResponse;
  set(name: string, value: string): PlainResponse;
  send(body: string): unknown;
  json(body: unknown): unknown;
}
type Handler = (request: PlainRequest, response: PlainResponse, next: () => void) => void;

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
 * A route that programs read: for whoever has the permission in the editor, and for who knows the token of the part's
 * settings.
 */
export function tokenRoute(
  RED: NodeAPI,
  path: string,
  part: 'metrics' | 'health',
  answer: (response: PlainResponse) => void,
): void {
  const mayRead = RED.auth.needsPermission(`gridwire-${part}.read`) as unknown as Handler;
  const settings = partSettings(RED, part);
  const token = settings === false ? undefined : settings.token;
  const admit: Handler = (request, response, next) => {
    if (typeof token === 'string' && token !== '' && isToken(request.headers['authorization'], token)) next();
    else mayRead(request, response, next);
  };
  const { httpAdmin } = RED as unknown as { httpAdmin: { get(path: string, ...handlers: Handler[]): void } };
  httpAdmin.get(path, admit, (_request, response) => answer(response));
}

/** Compares in a time that says nothing of how much of it is right. */
function isToken(header: string | string[] | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof header === 'string' && timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}
