import type { NodeAPI } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { type Access, isAllowed, type Right, RIGHTS } from '../rights.js';
import { assertFromEditor, assertOwnOrigin, type EditorRequest } from './editor-request.js';

/** The part of Express that admin routes use. */
export interface AdminRequest extends EditorRequest {
  params: Record<string, string>;
  query: Record<string, unknown>;
  user?: { username?: unknown };
  authInfo?: { scope?: unknown };
}

export interface AdminResponse {
  headersSent?: boolean;
  statusCode?: number;
  status(code: number): AdminResponse;
  json(answer: unknown): unknown;
  once?(event: 'finish', listener: () => void): unknown;
}

export type AdminHandler = (request: AdminRequest, response: AdminResponse) => void;

/**
 * The one way to an admin route. Reading is for the editor's own origin; a POST changes or computes something and takes
 * JSON only: a page of another origin can send a form, or a request without a body, without asking anybody. Who is not
 * logged in gets Node-RED's 401, who lacks the right or comes from elsewhere 403, both before anything is looked at. What
 * was refused, and every POST, goes into Node-RED's own audit log.
 * @param isKnown admits a machine that has no login but a token of its own
 */
export function adminRoute(
  RED: NodeAPI,
  method: 'get' | 'post',
  path: string,
  access: Access,
  answer: AdminHandler,
  isKnown: (request: AdminRequest) => boolean = () => false,
): void {
  // Node-RED finds out who asks; which of the names allows it is decided here, because it can only demand all of several.
  const authenticate = RED.auth.needsPermission('');
  const admit: typeof authenticate = (given, response, next) =>
    isKnown(given as AdminRequest) ? next() : authenticate(given, response, next);
  RED.httpAdmin[method](path, admit, (given, response) => {
    const request = given as AdminRequest;
    const told: AdminResponse = response;
    const audit = (outcome: string): void =>
      RED.log.audit({ event: 'gridwire', right: RIGHTS[access.right].permission, outcome } as never, request);
    try {
      if (method === 'post') assertFromEditor(request);
      else assertOwnOrigin(request);
      if (!isKnown(request)) assertMay(request, access);
    } catch (thrown) {
      audit('refused');
      sendError(told, 403, thrown);
      return;
    }
    if (method === 'post') told.once?.('finish', () => audit(String(told.statusCode)));
    try {
      answer(request, told);
    } catch (thrown) {
      sendError(told, 500, thrown);
    }
  });
}

/** Whether who asks has a right. Without a login in Node-RED everybody has. */
export function may({ user, authInfo }: AdminRequest, access: Access): boolean {
  return user === undefined || isAllowed(authInfo?.scope, access);
}

/** Who asks, as an audit log names them. */
export function actorOf({ user }: AdminRequest): string {
  return typeof user?.username === 'string' ? user.username : 'nobody logged in';
}

/** @throws GridwireError `RIGHT_MISSING` */
export function assertMay(request: AdminRequest, access: Access): void {
  if (!may(request, access)) throw rightMissing(access.right);
}

function rightMissing(right: Right): GridwireError {
  const { permission } = RIGHTS[right];
  return new GridwireError(
    'RIGHT_MISSING',
    `This needs the right ${permission}; whoever administers Node-RED can give it to you in the permissions of adminAuth.`,
    { details: { right: permission } },
  );
}

/** Answers with why something could not be done: 403 for a missing right, 503 for what may pass, else 400. */
export function sendFault(response: AdminResponse, thrown: unknown): void {
  const { code, fault } = toGridwireError(thrown);
  sendError(response, code === 'RIGHT_MISSING' ? 403 : fault === 'transient' ? 503 : 400, thrown);
}

/** Answers with an error's code and sentence. */
export function sendError(response: AdminResponse, status: number, thrown: unknown): void {
  const { code, message } = toGridwireError(thrown);
  response.status(status).json({ code, message });
}
