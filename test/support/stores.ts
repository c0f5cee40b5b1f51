/**
 * One suite for both databases: what runs on SQLite runs on PostgreSQL too, in the same words.
 *
 *     onEachStore('parked messages', (stores) => {
 *       it('come back when their time has come', async () => {
 *         const store = await stores.open();
 *         …
 *       });
 *     });
 */
import path from 'node:path';
import { startPostgreSql, type PostgreSql, ServiceUnavailable } from '../../scripts/services/index.js';
import { openStore, type StoreSettings } from '../../src/store/connection/open-store.js';
import type { EventStore, StoreKind } from '../../src/store/event-store.js';
import { temporaryFolder } from '../unit/store/helpers.js';
import { TestDatabase } from './postgres.js';

/** The store of one test, empty when the test begins and gone when it ends. */
export interface TestStores {
  readonly kind: StoreKind;
  /** Where it lies, for a test that opens it in its own way or in another process. */
  readonly settings: StoreSettings;
  /**
   * Opens it. After a close it has the same content again, as after a restart. What a test leaves open is closed.
   * @param more settings of the database at hand, for example `{ durability: 'power' }`
   */
  open(more?: Partial<StoreSettings>): Promise<EventStore>;
  /** The PostgreSQL database, to look into and to disturb; only where `kind` is `postgres`. */
  readonly database: TestDatabase;
}

/** Defines a suite once for SQLite and once for PostgreSQL. */
export function onEachStore(title: string, define: (stores: TestStores) => void): void {
  for (const [name, Kind] of [['SQLite', SqliteStores] as const, ['PostgreSQL', PostgresStores] as const])
    describe(`${title} (${name})`, () => {
      const stores = new Kind();
      define(stores);
      // Last of all hooks: a flow that still runs would write into the folder that is being removed.
      afterEach(() => stores.end());
    });
}

abstract class Stores implements TestStores {
  private readonly opened: EventStore[] = [];

  constructor() {
    beforeEach(() => this.make());
  }

  async end(): Promise<void> {
    // The last one first: it may write what an earlier one of the same test has left behind.
    for (const store of this.opened.splice(0).reverse()) await store.close();
    await this.remove();
  }

  abstract readonly kind: StoreKind;
  abstract readonly settings: StoreSettings;
  abstract readonly database: TestDatabase;
  protected abstract make(): Promise<void>;
  protected abstract remove(): Promise<void>;

  async open(more: Partial<StoreSettings> = {}): Promise<EventStore> {
    const store = await openStore({ ...this.settings, ...more } as StoreSettings);
    this.opened.push(store);
    return store;
  }
}

class SqliteStores extends Stores {
  readonly kind = 'sqlite';
  private folder: ReturnType<typeof temporaryFolder> | undefined;

  get settings(): StoreSettings {
    return { kind: 'sqlite', file: path.join(this.folder?.folder ?? '', 'store.db') };
  }

  get database(): TestDatabase {
    throw new Error('This is the test of a SQLite store; look at "kind" first.');
  }

  protected make(): Promise<void> {
    this.folder = temporaryFolder();
    return Promise.resolve();
  }

  protected remove(): Promise<void> {
    this.folder?.remove();
    return Promise.resolve();
  }
}

class PostgresStores extends Stores {
  readonly kind = 'postgres';
  private made: TestDatabase | undefined;

  constructor() {
    // Before the hook that makes the database.
    before(async function () {
      this.timeout(60_000);
      await needsServer(this);
    });
    super();
  }

  get database(): TestDatabase {
    if (this.made === undefined) throw new Error('There is a database only while a test runs.');
    return this.made;
  }

  get settings(): StoreSettings {
    return this.database.settings;
  }

  protected async make(): Promise<void> {
    this.made = await TestDatabase.create();
  }

  protected async remove(): Promise<void> {
    await this.made?.drop();
    this.made = undefined;
  }
}

let server: Promise<PostgreSql> | undefined;

/** The server that the run has, or one of our own for all suites of this process; skips, saying why, without either. */
async function needsServer(context: Mocha.Context): Promise<void> {
  if (process.env['GRIDWIRE_POSTGRES_URL']) return;
  try {
    server ??= startPostgreSql();
    Object.assign(process.env, (await server).env);
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    context.skip();
  }
}

after(async () => {
  await server?.then(
    (started) => started.stop(),
    () => undefined,
  );
});
