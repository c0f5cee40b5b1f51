import type { Row, SqlValue } from '../../sql/database.js';

/** What the store needs of SQLite, whichever library brings it. All calls are synchronous. */
export interface Sqlite {
  /** Runs statements that give no rows. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** @param text without the word PRAGMA, for example `page_count` or `synchronous = FULL` */
  pragma(text: string): Row[];
  /** The one value that a pragma gives. */
  pragmaValue(text: string): number | string;
  /** Runs an action within one transaction, which is rolled back if it throws. */
  transaction<Result>(action: () => Result): Result;
  /** Makes a deterministic SQL function of as many arguments as the action names, at most two. */
  define(name: string, action: (first: unknown, second: unknown) => number | string): void;
  /** Rolls back what is not committed, and lets go of the file. Safe to call twice. */
  close(): void;
}

export interface SqliteStatement {
  /** Whether it gives rows. */
  readonly reads: boolean;
  run(...parameters: readonly SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
  all(...parameters: readonly SqlValue[]): Row[];
}

export interface SqliteOptions {
  /** Neither writes nor makes the file. */
  readonly?: boolean;
  /** How long a lock of somebody else is waited for, milliseconds. */
  timeout?: number;
}

/**
 * Opens a file.
 * @throws Error with `code` as SQLite names it: `SQLITE_BUSY`, `SQLITE_CANTOPEN` …
 */
export type OpenSqlite = (file: string, options: SqliteOptions) => Sqlite;
