import { GridwireError } from '../../errors.js';
import { openSqlite, type Sqlite } from './driver/index.js';
import { makePrivate } from './private-file.js';

/**
 * The one writer's lock: an exclusive SQLite transaction on a file of its own beside the store. The operating system
 * holds it for the process and drops it when the process dies, however it dies, so it can never be stale.
 */
export class StoreLock {
  private constructor(private readonly connection: Sqlite) {}

  /**
   * @param wait how long another holder may still need to let go, milliseconds
   * @throws GridwireError `STORE_LOCKED`; SQLite's own error when the lock file cannot be used at all
   */
  static acquire(file: string, wait: number): StoreLock {
    makePrivate(`${file}.lock`);
    const connection = openSqlite(`${file}.lock`, { timeout: wait });
    try {
      connection.exec('BEGIN EXCLUSIVE');
      return new StoreLock(connection);
    } catch (error) {
      connection.close();
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
      throw new GridwireError(
        'STORE_LOCKED',
        `The store ${file} is in use by another process. One process writes to a store at a time: stop the other one, or give this one a file of its own.`,
        { cause: error, details: { file } },
      );
    }
  }

  release(): void {
    this.connection.close();
  }
}
