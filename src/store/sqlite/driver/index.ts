import { GridwireError } from '../../../errors.js';
import { betterSqlite } from './better-sqlite.js';
import type { OpenSqlite, Sqlite, SqliteOptions } from './driver.js';
import { nodeSqlite } from './node-sqlite.js';

export type { Sqlite, SqliteStatement } from './driver.js';

let chosen: OpenSqlite | undefined;

/**
 * Opens a file with Node's own SQLite, or, where this Node has none, with the package better-sqlite3. Nothing is loaded
 * before the first call. `GRIDWIRE_SQLITE=better-sqlite3` takes the package where both are there.
 * @throws GridwireError `STORE_UNAVAILABLE` where there is neither; else SQLite's error with `code` by its name
 */
export function openSqlite(file: string, options: SqliteOptions = {}): Sqlite {
  chosen ??= choose();
  return chosen(file, options);
}

function choose(): OpenSqlite {
  const wantsPackage = process.env['GRIDWIRE_SQLITE'] === 'better-sqlite3';
  const found = (wantsPackage ? undefined : nodeSqlite()) ?? betterSqlite();
  if (found !== undefined) return found;
  throw new GridwireError(
    'STORE_UNAVAILABLE',
    `This Node.js (${process.version}) has no SQLite of its own, which came with 22.13. Update Node.js; or run npm install better-sqlite3 in the Node-RED user directory, then restart Node-RED; or choose PostgreSQL.`,
    { fault: 'permanent' },
  );
}
