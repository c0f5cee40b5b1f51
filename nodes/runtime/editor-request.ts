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
export function assertFromEditor({ headers }: EditorRequest): void {
  const one = (name: string): string => String(headers[name] ?? '');
  if (!/^application\/json(;|$)/i.test(one('content-type').trim())) {
    throw new GridwireError('SETTING_INVALID', 'The request must be JSON (content type application/json).');
  }
  const site = one('sec-fetch-site');
  const origin = one('origin');
  const isForeign =
    site === '' ? origin !== '' && hostOf(origin) !== one('host') : !['same-origin', 'none'].includes(site);
  if (isForeign)
    throw new GridwireError('SETTING_INVALID', 'The request comes from a page of another origin.');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
