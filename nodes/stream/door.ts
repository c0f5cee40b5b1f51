import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { NodeAPI } from 'node-red';
import { type AdminRequest, may } from '../runtime/admin-route.js';
import { assertOwnOrigin } from '../runtime/editor-request.js';
import { isSecret } from '../runtime/secret.js';

/** Who may see a stream. */
export interface Door {
  /** Whether a page may connect: a browser says from where it has it. Programs do not, and say who they are. */
  opensTo(request: IncomingMessage): boolean;
  /** Whether whoever sends these headers may see what passes. Never rejects. */
  knows(headers: IncomingHttpHeaders): Promise<boolean>;
}

/** @param origins whose pages may connect beside those of Node-RED's own */
export function makeDoor(origins: readonly string[], knows: Door['knows']): Door {
  return {
    opensTo: ({ headers }) =>
      (headers.origin !== undefined && origins.includes(headers.origin)) || isOwn(headers),
    knows,
  };
}

/** Those who know a token. */
export function tokenKnown(token: string): Door['knows'] {
  return ({ authorization = '' }) => Promise.resolve(isSecret(authorization, `Bearer ${token}`));
}

/** Those whom Node-RED's login lets see what messages hold; without a login that is everybody. */
export function loginKnown(RED: NodeAPI): Door['knows'] {
  // Node-RED has it for requests of its admin API only; it looks at the headers, and answers where they do not do.
  const authenticate = RED.auth.needsPermission('') as unknown as (
    request: object,
    response: object,
    next: (error?: unknown) => void,
  ) => void;
  return (headers) =>
    new Promise((resolve) => {
      const request = { headers, method: 'GET', path: '', query: {}, params: {} } as unknown as AdminRequest;
      const refuse = (): void => resolve(false);
      const response = { setHeader: () => undefined, status: () => response, end: refuse };
      authenticate(request, response, (error) =>
        resolve(error === undefined && may(request, { right: 'payloads' })),
      );
    });
}

function isOwn(headers: IncomingHttpHeaders): boolean {
  try {
    assertOwnOrigin({ headers });
    return true;
  } catch {
    return false;
  }
}
