import { GridwireError, toGridwireError } from '../../errors.js';
import type { Durability } from '../event-store.js';
import { SqlStore } from '../sql/sql-store.js';
import { fromErrorData } from './errors.js';
import type { Rescue } from './file-guard.js';
import type { Quarantine } from './open-file.js';
import type { News } from './protocol.js';
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
  const early: News[] = [];
  let report = (news: News): void => void early.push(news);
  const client = new WorkerClient({ file, durability, lockWait }, (news) => report(news));
  const store = new SqlStore(new SqliteDatabase(client, durability));
  try {
    await client.ask('open', null);
  } catch (error) {
    await client.close();
    throw error;
  }
  report = (news) => reportNews(store, file, news);
  setImmediate(() => early.forEach(report));
  return store;
}

function reportNews(store: SqlStore, file: string, news: News): void {
  if ('quarantine' in news) reportQuarantine(store, file, news.quarantine);
  else if ('rescue' in news) reportRescue(store, file, news.rescue);
  else store.becameUnavailable(fromErrorData(news.trouble));
}

const HAPPENED: Record<Rescue['what'], string> = {
  deleted: 'was deleted while it was in use. It was written anew, with all that it held',
  replaced:
    'was replaced by another file while it was in use. What it held was written anew, and the other file moved aside',
  overwritten: 'was overwritten while it was in use. What it held was put together again and written anew',
  journal: 'lost its journal while it was in use. What was in it was written into the store',
};

const LOST =
  'was overwritten while it was in use. What it held since that copy was made is gone: events that were sent may come again, and events that were kept may be missing';

function reportRescue(store: SqlStore, file: string, { what, movedTo, lost }: Rescue): void {
  const where = movedTo === undefined ? '' : ` to ${movedTo}`;
  const text = `The store ${file} ${lost ? LOST : HAPPENED[what]}${where}. Stop Node-RED before its files are touched; a backup is put in place by "gridwire restore".`;
  store.report(
    new GridwireError('STORE_REPLACED', text, {
      details: { file, what, ...(movedTo === undefined ? {} : { movedTo }) },
    }),
  );
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
