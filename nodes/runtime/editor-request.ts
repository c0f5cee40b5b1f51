import { GridwireError } from '../../src/errors.js';

/** The part of Express that routes of the editor use. */
export interface EditorRequest {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}

/**
 * Whether a request comes from the editor's own page. A page of another origin can send a form without asking, also where
 * the editor has no login; it cannot send JSON, and browsers say where a request comes from.
 * @throws GridwireError `SETTING_INVALID`
 */
export function assertFromEditor(request: EditorRequest): void {
  if (!/^application\/json(;|$)/i.test(headerOf(request, 'content-type').trim())) {
    throw new GridwireError('SETTING_INVALID', 'The request must be JSON (content type application/json).');
  }
  assertOwnOrigin(request);
}

/** @throws GridwireError `SETTING_INVALID` where a browser says that a page of another origin asks */
export function assertOwnOrigin(request: EditorRequest): void {
  const site = headerOf(request, 'sec-fetch-site');
  const origin = headerOf(request, 'origin');
  const isForeign =
    site === ''
      ? origin !== '' && hostOf(origin) !== headerOf(request, 'host')
      : !['same-origin', 'none'].includes(site);
  if (isForeign)
    throw new GridwireError('SETTING_INVALID', 'The request comes from a page of another origin.');
}

function headerOf({ headers }: EditorRequest, name: string): string {
  return String(headers[name] ?? '');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
