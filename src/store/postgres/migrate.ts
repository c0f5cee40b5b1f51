import type { ClientBase } from 'pg';
import { GridwireError } from '../../errors.js';
import { backUpTables } from './migration-backup.js';
import { POSTGRES_MIGRATIONS, type PostgresMigration } from './migrations.js';

/** Any fixed number: whoever migrates waits for whoever else does. */
const MIGRATION_LOCK = 7_204_117;
/** Changing and copying large tables takes longer than a request may; milliseconds. */
const PATIENCE = 24 * 3_600_000;

/**
 * Brings the schema up to date. PostgreSQL changes schemas inside transactions; the copy of what was there
 * (`backUpTables`) and the version are part of the same one, so a process or server that dies at any moment leaves
 * either the old schema or the new one with its copy.
 * @throws GridwireError `STORE_CONFLICT` when a newer Gridwire has been here
 */
export async function migratePostgres(
  client: ClientBase,
  migrations: readonly PostgresMigration[] = POSTGRES_MIGRATIONS,
): Promise<void> {
  const run = (text: string) => client.query({ text, query_timeout: PATIENCE } as { text: string });
  for (;;) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL statement_timeout = ${PATIENCE}`);
      const { found, pending } = await nextMigration(client, migrations);
      if (pending) {
        if (found > 0) await backUpTables(client, run, pending);
        for (const statement of pending.statements) await run(statement);
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
): Promise<{ found: number; pending: PostgresMigration | undefined }> {
  await client.query({
    text: 'SELECT pg_advisory_xact_lock($1)',
    values: [MIGRATION_LOCK],
    query_timeout: PATIENCE,
  } as { text: string });
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
  return { found, pending: migrations.find((migration) => migration.version > found) };
}
