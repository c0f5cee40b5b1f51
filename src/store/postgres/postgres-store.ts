import { SqlStore } from '../sql/sql-store.js';
import { loadDriver } from './driver.js';
import { PostgresDatabase } from './postgres-database.js';
import type { PostgresSettings } from './settings.js';

/**
 * Opens a store in PostgreSQL, with its schema up to date.
 * @throws GridwireError `STORE_UNAVAILABLE` when the database cannot be reached, `STORE_LOCKED` when another process
 *   writes as the same instance, `STORE_CONFLICT` when a newer Gridwire set it up, `SETTING_INVALID` without the driver
 */
export async function openPostgresStore(settings: PostgresSettings): Promise<SqlStore> {
  const database = new PostgresDatabase(await loadDriver(), settings);
  try {
    await database.open();
  } catch (error) {
    await database.close();
    throw error;
  }
  return new SqlStore(database);
}
