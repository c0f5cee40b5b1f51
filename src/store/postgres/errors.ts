import { errorText, GridwireError } from '../../errors.js';
import type { PostgresSettings } from './settings.js';

/** SQLSTATE classes and codes that say that the database, not the data, is the trouble. */
const TRANSIENT = /^(08|53|57|58|40|55|25P0[23]|28|3D)/;

/** PostgreSQL's code of an error, if the server sent one. */
export function sqlState(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the connection can go on after this error: the server answered, and did not end the session. */
export function sessionSurvives(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(08|57P|53)/.test(state);
}

/**
 * What PostgreSQL's failure means for whoever wanted something of the store. The driver's error object stays behind,
 * and its text is searched for the password: neither may reach a log.
 */
export function postgresError(error: unknown, settings: PostgresSettings): GridwireError {
  if (error instanceof GridwireError) return error;
  const state = sqlState(error);
  const text = withoutSecret(errorText(error), settings.password);
  const where = `${settings.host}:${settings.port ?? 5432}/${settings.database}`;
  const details = { where, ...(state === undefined ? {} : { sqlstate: state }) };
  const cause = new Error(text);
  if (state === '53100') {
    return new GridwireError('STORE_FULL', `The disk of the database ${where} is full: ${text}.`, {
      cause,
      details,
    });
  }
  if (state === undefined || TRANSIENT.test(state)) {
    return new GridwireError(
      'STORE_UNAVAILABLE',
      `The database ${where} cannot be used at the moment: ${text}. Check that it runs and takes connections; writing goes on by itself.`,
      { cause, details },
    );
  }
  return new GridwireError('STORE_REFUSED', `The database ${where} refused the data: ${text}.`, {
    cause,
    details,
  });
}

function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, '***') : text;
}
