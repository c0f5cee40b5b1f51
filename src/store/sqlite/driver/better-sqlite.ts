import { createRequire } from 'node:module';
import type BetterSqlite from 'better-sqlite3';
import type { Row, SqlValue } from '../../sql/database.js';
import type { OpenSqlite, Sqlite, SqliteOptions, SqliteStatement } from './driver.js';

/** The package better-sqlite3; undefined where it is not installed, or cannot be used on this machine. */
export function betterSqlite(): OpenSqlite | undefined {
  try {
    const Database = createRequire(__filename)('better-sqlite3') as typeof BetterSqlite;
    return (file, options) => new BetterSqliteFile(Database, file, options);
  } catch {
    return undefined;
  }
}

class BetterSqliteFile implements Sqlite {
  private readonly database: BetterSqlite.Database;

  constructor(Database: typeof BetterSqlite, file: string, { readonly = false, timeout = 0 }: SqliteOptions) {
    this.database = new Database(file, { readonly, timeout, fileMustExist: readonly });
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.database.prepare(sql);
    return {
      reads: statement.reader,
      run: (...parameters: readonly SqlValue[]) => statement.run(...parameters),
      all: (...parameters: readonly SqlValue[]) => statement.all(...parameters) as Row[],
    };
  }

  pragma(text: string): Row[] {
    return this.database.pragma(text) as Row[];
  }

  pragmaValue(text: string): number | string {
    return this.database.pragma(text, { simple: true }) as number | string;
  }

  transaction<Result>(action: () => Result): Result {
    return this.database.transaction(action)();
  }

  define(name: string, action: (first: unknown, second: unknown) => number | string): void {
    this.database.function(name, { deterministic: true }, action);
  }

  close(): void {
    this.database.close();
  }
}
