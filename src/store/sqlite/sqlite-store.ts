import { GridwireError, toGridwireError } from '../../errors.js';
import type { Durability } from '../event-store.js';
import { SqlStore } from '../sql/sql-store.js';
import type { Quarantine } from './open-file.js';
import { SqliteDatabase } from './sqlite-database.js';
import { WorkerClient } from './worker-client.js';

export interface SqliteSettings {
  kind: 'sqlite';
  /** Path of the file; its folder is made if need be. */
  file: string;
  /** Default `process`. */
  durability?: Durability;
  /** How long another process may still need to let go of the file, milliseconds; default 2,000. */
  lockWait?: number;
}

/**
 * Opens an embedded store, with its schema up to date. What was found damaged is told by a `problem` event, after the
 * caller had the chance to listen, and in the audit log.
 * @throws GridwireError `STORE_LOCKED` when another process has it, `STORE_UNAVAILABLE` when the file cannot be opened,
 *   `STORE_CONFLICT` when a newer Gridwire wrote it
 */
export async function openSqliteStore(settings: SqliteSettings): Promise<SqlStore> {
  const { file, durability = 'process', lockWait = 2_000 } = settings;
  const early: Quarantine[] = [];
  let report = (quarantine: Quarantine): void => void early.push(quarantine);
  const client = new WorkerClient({ file, durability, lockWait }, (quarantine) => report(quarantine));
  const store = new SqlStore(new SqliteDatabase(client, durability));
  try {
    await client.ask('open', null);
  } catch (error) {
    await client.close();
    throw error;
  }
  report = (quarantine) => reportQuarantine(store, file, quarantine);
  setImmediate(() => early.forEach(report));
  return store;
}

function reportQuarantine(store: SqlStore, file: string, { movedTo, reason }: Quarantine): void {
  store.report(
    new GridwireError(
      'STORE_DAMAGED',
      `The store ${file} was damaged (${reason}). It lies at ${movedTo} now and a new one was started; restore a backup, or salvage the old file with sqlite3's .recover.`,
      { details: { file, movedTo, reason } },
    ),
  );
  const entry = {
    at: Date.now(),
    actor: 'gridwire',
    action: 'quarantine',
    details: { movedTo, reason },
  } as const;
  store.audit.add(entry).catch((error: unknown) => store.report(toGridwireError(error)));
}
