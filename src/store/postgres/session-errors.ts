import type { OperationResult } from '../sql/database.js';

/** The commit was sent and the connection lost before the answer came. */
export class CommitUnknown extends Error {
  constructor(
    readonly transaction: string,
    readonly results: OperationResult[][],
    cause: unknown,
  ) {
    super('the connection was lost during a commit', { cause });
  }
}

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
