import { GridwireError, toGridwireError } from '../../src/errors.js';
import { type AdminResponse, sendError } from './admin-route.js';

/** What Express could not read, before or on the way to a route: a body that is no JSON, too large, a path that is no text. */
export function answerUnread(
  error: { status?: unknown; type?: unknown },
  _request: unknown,
  response: AdminResponse,
  next: (error: unknown) => void,
): void {
  if (response.headersSent === true) {
    next(error);
    return;
  }
  const status =
    typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : 500;
  const unread =
    status === 500
      ? toGridwireError(error)
      : status === 413
        ? new GridwireError(
            'BODY_TOO_LARGE',
            'The request is larger than Node-RED takes (apiMaxLength in its settings).',
          )
        : new GridwireError(
            'BODY_NOT_JSON',
            'The request cannot be read: it must be JSON in UTF-8, of a path in UTF-8.',
          );
  sendError(response, status, unread);
}
