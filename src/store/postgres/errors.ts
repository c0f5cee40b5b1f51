import { errorText, GridwireError } from '../../errors.js';
import { type Why, whyOfSystem } from '../../why.js';
import { UNKNOWN_OUTCOME } from '../store-answer.js';
import { CommitUnknown, sqlState } from './session-errors.js';
import type { PostgresSettings } from './settings.js';
import { meaningOf, type SqlStateMeaning } from './sql-states.js';

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
  switch (meaningOfError(error, state)) {
    case 'full':
      return new GridwireError('STORE_FULL', `The disk of the database ${where} is full: ${text}.`, {
        cause,
        details,
      });
    case 'damaged':
      return new GridwireError('STORE_DAMAGED', `The database ${where} is damaged: ${text}.`, {
        cause,
        details,
      });
    case 'data':
      return new GridwireError('STORE_REFUSED', `The database ${where} refused the data: ${text}.`, {
        cause,
        details,
      });
    case 'database':
      return new GridwireError(
        'STORE_UNAVAILABLE',
        `The database ${where} cannot be used at the moment: ${text}. Check that it runs and takes connections; writing goes on by itself.`,
        {
          cause,
          details: error instanceof CommitUnknown ? { ...details, ...UNKNOWN_OUTCOME } : details,
          why: WHY_OF_STATE[state ?? ''] ?? whyOfSystem((error as { code?: unknown }).code),
        },
      );
  }
}

/** By PostgreSQL's code. */
const WHY_OF_STATE: Readonly<Record<string, Why>> = {
  '28P01': 'password',
  '28000': 'not-allowed',
  '42501': 'not-allowed',
  '3D000': 'no-database',
  '53300': 'busy',
  '57P03': 'busy',
};

/** Node's codes for a value that cannot be put into a message. */
const UNWRITABLE = /^ERR_(INVALID_ARG|OUT_OF_RANGE|STRING_TOO_LONG|BUFFER_TOO_LARGE)/;

/** An error without a code of PostgreSQL's is one of the connection, unless JavaScript could not even write the row. */
function meaningOfError(error: unknown, state: string | undefined): SqlStateMeaning {
  if (state !== undefined) return meaningOf(state);
  const { code } = error as { code?: unknown };
  const unwritable = typeof code === 'string' && UNWRITABLE.test(code);
  return unwritable || error instanceof RangeError ? 'data' : 'database';
}

function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, '***') : text;
}
