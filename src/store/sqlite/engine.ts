import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { toGridwireError } from '../../errors.js';
import type { StoreSize } from '../event-store.js';
import { isBulk, type Operation, type OperationResult, type Row, type Statement } from '../sql/database.js';
import { ROW_STATEMENTS } from './bulk.js';
import { copyDatabase, databaseProblems } from './copy.js';
import type { Sqlite, SqliteStatement } from './driver/index.js';
import { sqliteError, toErrorData } from './errors.js';
import { StoreLock } from './lock.js';
import { isDamage, openStoreFile, setAside, type Quarantine } from './open-file.js';
import { PRIVATE_FOLDER } from './private-file.js';
import type { Requests, WorkerSettings } from './protocol.js';
import { restoreFile } from './restore.js';
import { writeWhole } from './write-whole.js';

/** Pages given back to the disk in one step, so that no step keeps writes waiting for long. */
const RECLAIM_PAGES = 2_000;
const MAX_PREPARED = 200;
const ONE_CHANGE: { results: OperationResult[] } = { results: [{ rows: [], changes: 1 }] };

/** The store's file and everything done to it, synchronously; the worker thread is its only user. */
export class SqliteEngine {
  private database: Sqlite | undefined;
  private lock: StoreLock | undefined;
  private readonly prepared = new Map<string, SqliteStatement>();

  /** @param onQuarantine told when a damaged file was set aside and a new one started */
  constructor(
    private readonly settings: WorkerSettings,
    private readonly onQuarantine: (quarantine: Quarantine) => void,
  ) {}

  /** Takes the lock and opens the file; safe to repeat. */
  open(): Sqlite {
    if (this.database) return this.database;
    try {
      mkdirSync(path.dirname(this.settings.file), { recursive: true, mode: PRIVATE_FOLDER });
      this.lock ??= StoreLock.acquire(this.settings.file, this.settings.lockWait);
      const { database, quarantine } = openStoreFile(this.settings.file, this.settings.durability);
      this.database = database;
      if (quarantine) this.onQuarantine(quarantine);
      return database;
    } catch (error) {
      throw sqliteError(error, this.settings.file, 'STORE_UNAVAILABLE');
    }
  }

  /** Commits all units together; if that fails, each by itself, so that one bad unit does not take the others along. */
  write(units: readonly (readonly Operation[])[]): Requests['write']['answer'] {
    try {
      return this.guarded((database) =>
        database.transaction(() => units.map((unit) => this.committed(unit))),
      );
    } catch (error) {
      const fault = toGridwireError(error);
      if (units.length === 1 || fault.fault === 'transient') throw fault;
    }
    return units.map((unit) => {
      try {
        return this.guarded((database) => database.transaction(() => this.committed(unit)));
      } catch (error) {
        return { refused: toErrorData(toGridwireError(error)) };
      }
    });
  }

  read(statement: Statement): Row[] {
    return this.guarded(() => this.prepare(statement.sql).all(...statement.parameters));
  }

  size(): StoreSize {
    return this.guarded((database) => {
      const pageSize = Number(database.pragmaValue('page_size'));
      const pages = Number(database.pragmaValue('page_count'));
      const free = Number(database.pragmaValue('freelist_count'));
      return { bytes: pages * pageSize, reclaimable: free * pageSize };
    });
  }

  reclaim(): number {
    return this.guarded((database) => {
      database.pragma(`incremental_vacuum(${RECLAIM_PAGES})`);
      database.pragma('wal_checkpoint(TRUNCATE)');
      return this.size().reclaimable;
    });
  }

  verify(): string[] {
    return this.guarded(databaseProblems);
  }

  backup(file: string): void {
    this.guarded((database) => writeWhole(file, (partial) => copyDatabase(database, partial)));
  }

  restore(file: string): void {
    this.open();
    restoreFile(file, this.settings.file, () => this.closeFile());
    this.open();
  }

  close(): void {
    this.closeFile();
    this.lock?.release();
    this.lock = undefined;
  }

  /** Runs an action on the open file. Damage found on the way sets the file aside and repeats the action on a new one. */
  private guarded<Result>(action: (database: Sqlite) => Result): Result {
    try {
      return action(this.open());
    } catch (error) {
      if (!isDamage(error)) throw sqliteError(error, this.settings.file);
      const reason = sqliteError(error, this.settings.file).message;
      this.closeFile();
      this.onQuarantine(setAside(this.settings.file, reason));
    }
    try {
      return action(this.open());
    } catch (error) {
      throw sqliteError(error, this.settings.file);
    }
  }

  private closeFile(): void {
    this.prepared.clear();
    this.database?.close();
    this.database = undefined;
  }

  /** Most units mirror one row: sharing their answer makes it one object for the whole commit, also on the other side. */
  private committed(unit: readonly Operation[]): { results: OperationResult[] } {
    const results = this.apply(unit);
    const [first] = results;
    return results.length === 1 && first?.changes === 1 && first.rows.length === 0 ? ONE_CHANGE : { results };
  }

  private apply(unit: readonly Operation[]): OperationResult[] {
    return unit.map((operation) => {
      if (isBulk(operation)) {
        const statements = ROW_STATEMENTS[operation.table].map(({ sql, pick }) => ({
          write: this.prepare(sql),
          pick,
        }));
        const rows: Row[] = [];
        for (const values of operation.rows) {
          let id = 0;
          for (const { write, pick } of statements) id = Number(write.run(...pick(values)).lastInsertRowid);
          if (operation.table !== 'mirror') rows.push({ id });
        }
        return { rows, changes: operation.rows.length };
      }
      const statement = this.prepare(operation.sql);
      if (!statement.reads) return { rows: [], changes: statement.run(...operation.parameters).changes };
      const rows = statement.all(...operation.parameters);
      return { rows, changes: rows.length };
    });
  }

  private prepare(sql: string): SqliteStatement {
    const known = this.prepared.get(sql);
    if (known) return known;
    if (this.prepared.size >= MAX_PREPARED) this.prepared.clear();
    const statement = this.open().prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }
}
