import type { ClientBase } from 'pg';
import { GridwireError } from '../../errors.js';
import { POSTGRES_MIGRATIONS, type PostgresMigration } from './migrations.js';

/** Any fixed number: whoever migrates waits for whoever else does. */
const MIGRATION_LOCK = 7_204_117;

/**
 * Brings the schema up to date. PostgreSQL changes schemas inside transactions, and the version is part of the same
 * one, so a process or server that dies at any moment leaves either the old schema or the new one.
 * @throws GridwireError `STORE_CONFLICT` when a newer Gridwire has been here
 */
export async function migratePostgres(
  client: ClientBase,
  migrations: readonly PostgresMigration[] = POSTGRES_MIGRATIONS,
): Promise<void> {
  for (;;) {
    await client.query('BEGIN');
    try {
      const pending = await nextMigration(client, migrations);
      for (const statement of pending?.statements ?? []) await client.query(statement);
      if (pending) {
        await client.query('INSERT INTO gridwire_migrations (version, name) VALUES ($1, $2)', [
          pending.version,
          pending.name,
        ]);
      }
      await client.query('COMMIT');
      if (!pending) return;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

async function nextMigration(
  client: ClientBase,
  migrations: readonly PostgresMigration[],
): Promise<PostgresMigration | undefined> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(`CREATE TABLE IF NOT EXISTS gridwire_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW())`);
  const { rows } = await client.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM gridwire_migrations',
  );
  const found = rows[0]?.version ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (found > newest) {
    throw new GridwireError(
      'STORE_CONFLICT',
      `The database was set up by a newer Gridwire (schema ${found}, this one knows ${newest}). Update Gridwire.`,
      { details: { found, newest }, fault: 'permanent' },
    );
  }
  return migrations.find((migration) => migration.version > found);
}
