import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { GridwireError } from '../../errors.js';
import { copyDatabase } from './copy.js';
import type { Sqlite } from './driver/index.js';
import { MIGRATIONS, type Migration } from './migrations.js';
import { writeWhole } from './write-whole.js';

/**
 * Brings the schema up to date. The version is part of each step's transaction, so a process killed at any moment
 * leaves either the old schema or the new one. Before a step touches a file that has content, a copy is laid beside it
 * (`<file>.before-v<version>`); only the newest is kept.
 * @throws GridwireError `STORE_CONFLICT` when the file was written by a newer Gridwire
 */
export function migrate(database: Sqlite, file: string, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const found = schemaVersion(database);
  if (found > newest) {
    throw new GridwireError(
      'STORE_CONFLICT',
      `The store ${file} was written by a newer Gridwire (schema ${found}, this one knows ${newest}). Update Gridwire, or choose another file.`,
      { details: { file, found, newest }, fault: 'permanent' },
    );
  }
  database.define('gridwire_digest', (text) => createHash('sha256').update(String(text)).digest('base64url'));
  for (const migration of migrations) {
    const version = schemaVersion(database);
    if (migration.version <= version) continue;
    if (version > 0) backUp(database, file, migration.version);
    database.transaction(() => {
      for (const statement of migration.statements) database.exec(statement);
      database.pragma(`user_version = ${migration.version}`);
    });
  }
}

function schemaVersion(database: Sqlite): number {
  return Number(database.pragmaValue('user_version'));
}

function backUp(database: Sqlite, file: string, version: number): void {
  writeWhole(`${file}.before-v${version}`, (partial) => copyDatabase(database, partial));
  rmSync(`${file}.before-v${version - 1}`, { force: true });
}
