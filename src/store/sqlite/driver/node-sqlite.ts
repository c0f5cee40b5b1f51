import type * as NodeModule from 'node:sqlite';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Row, SqlValue } from '../../sql/database.js';
import type { OpenSqlite, Sqlite, SqliteOptions, SqliteStatement } from './driver.js';

type NodeSqlite = typeof NodeModule;

/** SQLite's primary result codes, by their numbers (sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, string>> = {
  1: 'ERROR',
  2: 'INTERNAL',
  3: 'PERM',
  4: 'ABORT',
  5: 'BUSY',
  6: 'LOCKED',
  7: 'NOMEM',
  8: 'READONLY',
  9: 'INTERRUPT',
  10: 'IOERR',
  11: 'CORRUPT',
  12: 'NOTFOUND',
  13: 'FULL',
  14: 'CANTOPEN',
  15: 'PROTOCOL',
  17: 'SCHEMA',
  18: 'TOOBIG',
  19: 'CONSTRAINT',
  20: 'MISMATCH',
  21: 'MISUSE',
  23: 'AUTH',
  25: 'RANGE',
  26: 'NOTADB',
};

/** Node's own SQLite; undefined where this Node has none (before 22.13). */
export function nodeSqlite(): OpenSqlite | undefined {
  const builtIn = loaded();
  return builtIn && ((file, options) => new NodeSqliteFile(builtIn, file, options));
}

let builtIn: NodeSqlite | undefined;

/** Node 22 warns of an experiment when the module is loaded; what the store uses of it has not changed since. */
function loaded(): NodeSqlite | undefined {
  if (builtIn !== undefined) return builtIn;
  const emitWarning = process.emitWarning.bind(process);
  try {
    process.emitWarning = () => undefined;
    builtIn = process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
  return builtIn;
}

class NodeSqliteFile implements Sqlite {
  private readonly database: DatabaseSync;

  constructor(sqlite: NodeSqlite, file: string, { readonly = false, timeout = 0 }: SqliteOptions) {
    this.database = named(() => new sqlite.DatabaseSync(file, { readOnly: readonly }));
    this.exec(`PRAGMA busy_timeout = ${Math.round(timeout)}`);
  }

  exec(sql: string): void {
    named(() => this.database.exec(sql));
  }

  prepare(sql: string): SqliteStatement {
    return new NodeStatement(
      named(() => this.database.prepare(sql)),
      sql,
    );
  }

  pragma(text: string): Row[] {
    return this.prepare(`PRAGMA ${text}`).all();
  }

  pragmaValue(text: string): number | string {
    return Object.values(this.pragma(text)[0] ?? {})[0] as number | string;
  }

  transaction<Result>(action: () => Result): Result {
    this.exec('BEGIN');
    try {
      const result = action();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled some failures back by itself.
      if (this.database.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  define(name: string, action: (first: unknown, second: unknown) => number | string): void {
    this.database.function(name, { deterministic: true }, action);
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}

/** Statements that give rows; all SQL here is our own. */
const READS = /^\s*(SELECT|PRAGMA|EXPLAIN|VALUES)\b|\bRETURNING\b/i;

class NodeStatement implements SqliteStatement {
  readonly reads: boolean;

  constructor(
    private readonly statement: StatementSync,
    sql: string,
  ) {
    this.reads = READS.test(sql) || (/^\s*WITH\b/i.test(sql) && !/\b(INSERT|UPDATE|DELETE)\b/i.test(sql));
  }

  run(...parameters: readonly SqlValue[]): { changes: number; lastInsertRowid: number | bigint } {
    const { changes, lastInsertRowid } = named(() => this.statement.run(...(parameters as SQLInputValue[])));
    return { changes: Number(changes), lastInsertRowid };
  }

  all(...parameters: readonly SqlValue[]): Row[] {
    return named(() => this.statement.all(...(parameters as SQLInputValue[]))) as Row[];
  }
}

/** Gives an error of SQLite its code by name, as the rest of the store knows it. */
function named<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { errcode } = error as { errcode?: unknown };
    const name = typeof errcode === 'number' ? CODES[errcode & 0xff] : undefined;
    if (name !== undefined) Object.assign(error as Error, { code: `SQLITE_${name}` });
    throw error;
  }
}
