import type { ClientBase } from 'pg';
import type { PostgresMigration } from './migrations.js';

/** What cannot be had again: it is copied before every migration. The mirror only where a migration changes it. */
const ALWAYS = [
  'dlq_events',
  'gridwire_dead_letters',
  'gridwire_outbox',
  'gridwire_parked',
  'gridwire_deduplication',
  'gridwire_last_values',
  'gridwire_audit',
  'gridwire_replay_cursors',
];

/**
 * Copies the tables as they are to `gridwire_before_v<version>_<table>`, as part of the migration's transaction and in
 * the schema that the store uses anyway, so that no further right is needed. Only the newest copies are kept.
 * @param run runs a statement that may take long
 */
export async function backUpTables(
  client: ClientBase,
  run: (statement: string) => Promise<unknown>,
  { version, changes = [] }: PostgresMigration,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid)`,
  );
  const present = new Set(rows.map(({ name }) => name));
  for (const name of present) if (BACKUP.test(name)) await run(`DROP TABLE ${identifier(name)}`);
  for (const table of new Set([...ALWAYS, ...changes])) {
    if (!present.has(table)) continue;
    await run(`CREATE TABLE ${identifier(backupName(version, table))} AS TABLE ${identifier(table)}`);
  }
}

const MIRROR = ['events_mirror', 'gridwire_mirror'];
/** Our own copies, by their whole names: a table of somebody else's may be named as if it were one. */
const BACKUP = new RegExp(
  `^${backupName('\\d{1,9}', `(?:${[...ALWAYS, ...MIRROR].map(shortName).join('|')})`)}$`,
);

/** A name as SQL takes it, whatever it holds. */
function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Where a table's content of before a migration lies. */
export function backupName(version: number | string, table: string): string {
  return `gridwire_before_v${version}_${shortName(table)}`;
}

function shortName(table: string): string {
  return table.replace(/^gridwire_/, '');
}
