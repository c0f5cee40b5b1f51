import type { NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { assertFromEditor, type EditorRequest } from './editor-request.js';

/** The part of Express that admin routes use. */
export interface AdminRequest extends EditorRequest {
  params: Record<string, string>;
  query: Record<string, unknown>;
  user?: { username?: unknown };
}

export interface AdminResponse {
  status(code: number): AdminResponse;
  json(answer: unknown): unknown;
}

export type AdminHandler = (request: AdminRequest, response: AdminResponse) => void;

/**
 * An admin route that changes or computes something. It takes JSON only, and from the editor only: a page of another
 * origin can send a form, or a request without a body, without asking anybody. Answers 403 to others.
 * @param permission for example `gridwire-store.write`
 */
export function adminPost(RED: NodeAPI, path: string, permission: string, answer: AdminHandler): void {
  RED.httpAdmin.post(path, RED.auth.needsPermission(permission), (given, response) => {
    const request = given as AdminRequest;
    try {
      assertFromEditor(request);
    } catch (thrown) {
      const { code, message } = toGridwireError(thrown);
      response.status(403).json({ code, message });
      return;
    }
    answer(request, response);
  });
}
