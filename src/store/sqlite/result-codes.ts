/**
 * What SQLite's result codes mean (sqlite.org/rescode.html). `data`: this row can never be written. `database`: the file
 * cannot be used at the moment. `full`: its disk. `damaged`: its content.
 */
export type ResultMeaning = 'data' | 'database' | 'full' | 'damaged';

const PRIMARY: Readonly<Record<string, ResultMeaning>> = {
  SQLITE_ERROR: 'data',
  SQLITE_INTERNAL: 'database',
  SQLITE_PERM: 'database',
  SQLITE_ABORT: 'database',
  SQLITE_BUSY: 'database',
  SQLITE_LOCKED: 'database',
  SQLITE_NOMEM: 'database',
  SQLITE_READONLY: 'database',
  SQLITE_INTERRUPT: 'database',
  SQLITE_IOERR: 'database',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_NOTFOUND: 'database',
  SQLITE_FULL: 'full',
  SQLITE_CANTOPEN: 'database',
  SQLITE_PROTOCOL: 'database',
  SQLITE_EMPTY: 'database',
  SQLITE_SCHEMA: 'database',
  SQLITE_TOOBIG: 'data',
  SQLITE_CONSTRAINT: 'data',
  SQLITE_MISMATCH: 'data',
  SQLITE_MISUSE: 'data',
  SQLITE_NOLFS: 'database',
  SQLITE_AUTH: 'database',
  SQLITE_FORMAT: 'data',
  SQLITE_RANGE: 'data',
  SQLITE_NOTADB: 'damaged',
};

/** @param code a primary or an extended code, for example `SQLITE_IOERR_WRITE`; undefined for what is no code of SQLite's */
export function meaningOf(code: string): ResultMeaning | undefined {
  return PRIMARY[code] ?? PRIMARY[code.split('_').slice(0, 2).join('_')];
}
