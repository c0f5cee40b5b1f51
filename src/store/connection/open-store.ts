import type { EventStore } from '../event-store.js';
import { openPostgresStore } from '../postgres/postgres-store.js';
import type { PostgresSettings } from '../postgres/settings.js';
import { openSqliteStore, type SqliteSettings } from '../sqlite/sqlite-store.js';

export type StoreSettings = SqliteSettings | PostgresSettings;

/** Opens the store that the settings describe. @throws GridwireError see `openSqliteStore`, `openPostgresStore` */
export function openStore(settings: StoreSettings): Promise<EventStore> {
  return settings.kind === 'sqlite' ? openSqliteStore(settings) : openPostgresStore(settings);
}
