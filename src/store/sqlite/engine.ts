import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { type GridwireError, toGridwireError } from '../../errors.js';
import type { StoreSize } from '../event-store.js';
import { isBulk, type Operation, type OperationResult, type Row, type Statement } from '../sql/database.js';
import { ROW_STATEMENTS } from './bulk.js';
import { copyDatabase, databaseProblems } from './copy.js';
import type { Sqlite, SqliteStatement } from './driver/index.js';
import { sqliteError, toErrorData } from './errors.js';
import { FileGuard, type Rescue, writeAnew, yieldTo } from './file-guard.js';
import { StoreLock } from './lock.js';
import { isDamage, openStoreFile, setAside } from './open-file.js';
import { PRIVATE_FOLDER } from './private-file.js';
import type { News, Requests, WorkerSettings } from './protocol.js';
import { restoreFile } from './restore.js';
import { leaveIdsBehind } from './row-ids.js';
import { writeWhole } from './write-whole.js';

/** Pages given back to the disk in one step, so that no step keeps writes waiting for long. */
const RECLAIM_PAGES = 2_000;
const MAX_PREPARED = 200;
/** How often the files are looked at while there is nothing to do, and after they could not be put back; milliseconds. */
export const LOOK_INTERVAL = 1_000;
const HARM_INTERVAL = 2_000;
/** What `assertSound` found wrong with a copy. */
function isUnsound(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'STORE_DAMAGED';
}

const ONE_CHANGE: { results: OperationResult[] } = { results: [{ rows: [], changes: 1 }] };

/** The store's file and everything done to it, synchronously; the worker thread is its only user. */
export class SqliteEngine {
  private database: Sqlite | undefined;
  private lock: StoreLock | undefined;
  private guard: FileGuard | undefined;
  /** Why the file could not be put back in its place, and when that is tried again. */
  private harmed: { error: GridwireError; until: number } | undefined;
  private isAtWork = false;
  /** The file that is opened next has not the content that was in use. */
  private hasOtherContent = false;
  private readonly prepared = new Map<string, SqliteStatement>();

  /** @param tell told when a damaged file was set aside, and when the file was put back in its place */
  constructor(
    private readonly settings: WorkerSettings,
    private readonly tell: (news: News) => void,
  ) {}

  /** Takes the lock and opens the file; safe to repeat. */
  open(): Sqlite {
    if (this.database) return this.database;
    try {
      mkdirSync(path.dirname(this.settings.file), { recursive: true, mode: PRIVATE_FOLDER });
      this.lock ??= StoreLock.acquire(this.settings.file, this.settings.lockWait);
      const { database, quarantine } = openStoreFile(this.settings.file, this.settings.durability);
      if (this.hasOtherContent || quarantine) leaveIdsBehind(database);
      this.hasOtherContent = false;
      this.database = database;
      this.guard = new FileGuard(this.settings.file);
      if (quarantine) this.tell({ quarantine });
      return database;
    } catch (error) {
      throw sqliteError(error, this.settings.file, 'STORE_UNAVAILABLE');
    }
  }

  /**
   * Looks whether the open files are still those under the store's name, and puts them back where they are not. While
   * that fails, the store is unavailable: what it took now would be lost.
   * @throws GridwireError `STORE_UNAVAILABLE`, `STORE_FULL`, `STORE_LOCKED`
   */
  look(): void {
    if (this.harmed !== undefined && performance.now() < this.harmed.until) throw this.harmed.error;
    const what = this.database && this.guard?.harm;
    this.harmed = undefined;
    if (!this.database || what === undefined) return;
    try {
      this.putBack(this.database, what);
    } catch (error) {
      const fault = sqliteError(error, this.settings.file, 'STORE_UNAVAILABLE');
      this.harmed = { error: fault, until: performance.now() + HARM_INTERVAL };
      throw fault;
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

  /** @returns bytes still to give back; 0 where nothing more can be, as in a file that does not shrink */
  reclaim(): number {
    return this.guarded((database) => {
      const before = this.size().reclaimable;
      database.pragma(`incremental_vacuum(${RECLAIM_PAGES})`);
      database.pragma('wal_checkpoint(TRUNCATE)');
      const left = this.size().reclaimable;
      return left < before ? left : 0;
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
    this.hasOtherContent = true;
    this.open();
  }

  close(): void {
    this.closeFile();
    this.lock?.release();
    this.lock = undefined;
  }

  /** Runs an action on the open file. Damage found on the way sets the file aside and repeats the action on a new one. */
  private guarded<Result>(action: (database: Sqlite) => Result): Result {
    // Part of an action that has looked: what has been written to the file since is its own.
    if (this.isAtWork) return action(this.open());
    this.isAtWork = true;
    try {
      return this.repeatedOnDamage(action);
    } finally {
      this.isAtWork = false;
      this.guard?.written();
    }
  }

  private repeatedOnDamage<Result>(action: (database: Sqlite) => Result): Result {
    try {
      this.look();
      return action(this.open());
    } catch (error) {
      if (!isDamage(error)) throw sqliteError(error, this.settings.file);
      const reason = sqliteError(error, this.settings.file).message;
      this.closeFile();
      this.tell({ quarantine: setAside(this.settings.file, reason) });
      this.hasOtherContent = true;
    }
    try {
      return action(this.open());
    } catch (error) {
      throw sqliteError(error, this.settings.file);
    }
  }

  private putBack(database: Sqlite, what: Rescue['what']): void {
    const { file } = this.settings;
    this.prepared.clear();
    if (what === 'journal') {
      database.pragma('wal_checkpoint(TRUNCATE)');
      this.closeFile();
      this.tell({ rescue: { what } });
      return;
    }
    this.takeLockAgain();
    try {
      const movedTo = writeAnew(database, file, this.guard as FileGuard);
      this.tell({ rescue: { what, ...(movedTo === undefined ? {} : { movedTo }) } });
    } catch (error) {
      // Of a file that was overwritten the store may hold too little to put it together again.
      if (what !== 'overwritten' || !(isDamage(error) || isUnsound(error))) throw error;
      yieldTo(database, file);
      this.hasOtherContent = true;
      this.tell({ rescue: { what, lost: true } });
    }
    this.database = undefined;
  }

  /** The lock's file may have gone with the folder: another process could take one of the same name. */
  private takeLockAgain(): void {
    mkdirSync(path.dirname(this.settings.file), { recursive: true, mode: PRIVATE_FOLDER });
    this.lock?.release();
    this.lock = undefined;
    this.lock = StoreLock.acquire(this.settings.file, this.settings.lockWait);
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
    // Not opened here: a transaction may be under way.
    const statement = (this.database as Sqlite).prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }
}
