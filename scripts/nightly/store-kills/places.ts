import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgreSql } from '../../services/postgresql.js';
import type { StoreSettings } from '../../../src/store/connection/open-store.js';
import { migratePostgres } from '../../../src/store/postgres/migrate.js';
import { POSTGRES_MIGRATIONS } from '../../../src/store/postgres/migrations.js';
import type { PostgresSettings } from '../../../src/store/postgres/settings.js';
import { migrate } from '../../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../../src/store/sqlite/migrations.js';
import { openSqlite, type Sqlite } from '../../../src/store/sqlite/driver/index.js';

/** A database of its own in which a writer is killed. */
export interface Place {
  settings: StoreSettings;
  /** Lays out what version 1 left, with as many dead letters. */
  layOldStore(letters: number): Promise<void>;
  /** Resolves when a writer has got as far as opening the store. */
  openingBegun(): Promise<void>;
  /** The version of the schema that is there now. */
  version(): Promise<number>;
  remove(): Promise<void>;
}

export interface Ground {
  name: string;
  newPlace(): Promise<Place>;
  close(): Promise<void>;
}

export function sqliteGround(): Ground {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-kills-'));
  let count = 0;
  return {
    name: 'SQLite',
    newPlace: () => Promise.resolve(sqlitePlace(path.join(folder, String(++count), 'store.db'))),
    close: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

function sqlitePlace(file: string): Place {
  return {
    settings: { kind: 'sqlite', file },
    layOldStore: (letters) => {
      const database = openedFile(file);
      migrate(database, file, MIGRATIONS.slice(0, 1));
      const insert = database.prepare(
        `INSERT INTO dlq_events (original_topic, failure_reason, payload, created_at) VALUES (?, 'old', '{}', 1)`,
      );
      database.transaction(() => {
        for (let row = 0; row < letters; row += 1) insert.run(`old/${row}`);
      });
      database.close();
      return Promise.resolve();
    },
    // The lock is taken just before the file is opened.
    openingBegun: async () => {
      while (!existsSync(`${file}.lock`)) await delay(1);
    },
    version: () => {
      const database = openSqlite(file);
      const version = Number(database.pragmaValue('user_version'));
      database.close();
      return Promise.resolve(version);
    },
    remove: () => {
      rmSync(path.dirname(file), { recursive: true });
      return Promise.resolve();
    },
  };
}

function openedFile(file: string): Sqlite {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = openSqlite(file);
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  return database;
}

export async function postgresGround(): Promise<Ground> {
  const server = await startPostgreSql();
  const address = new URL(server.url);
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  let count = 0;
  return {
    name: server.description,
    newPlace: async () => {
      const database = `kills_${++count}`;
      await admin.query(`CREATE DATABASE ${database}`);
      return postgresPlace(admin, {
        ...{ kind: 'postgres', host: address.hostname, port: Number(address.port), database },
        user: address.username,
      });
    },
    close: async () => {
      await admin.end();
      await server.stop();
    },
  };
}

function postgresPlace(admin: Client, settings: PostgresSettings): Place {
  const { database } = settings;
  const within = async <Result>(work: (client: Client) => Promise<Result>): Promise<Result> => {
    const client = new Client({ host: settings.host, port: settings.port, user: settings.user, database });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const sessions = async (): Promise<number> => {
    const { rows } = await admin.query<{ count: string }>(
      'SELECT count(*) FROM pg_stat_activity WHERE datname = $1',
      [database],
    );
    return Number(rows[0]?.count);
  };
  return {
    settings,
    layOldStore: (letters) =>
      within(async (client) => {
        await migratePostgres(client, POSTGRES_MIGRATIONS.slice(0, 1));
        await client.query(
          `INSERT INTO dlq_events (original_topic, failure_reason, payload, created_at)
            SELECT 'old/' || n, 'old', '{}', to_timestamp(1) FROM generate_series(1, $1::int) n`,
          [letters],
        );
      }),
    openingBegun: async () => {
      while ((await sessions()) === 0) await delay(1);
    },
    version: () =>
      within(async (client) => {
        const { rows } = await client.query<{ version: number }>(
          'SELECT max(version) AS version FROM gridwire_migrations',
        );
        return rows[0]?.version ?? 0;
      }),
    remove: async () => {
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
