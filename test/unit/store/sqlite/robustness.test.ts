import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { digest } from '../../../../src/delivery/inbound/names.js';
import type { GridwireError } from '../../../../src/errors.js';
import { migrate } from '../../../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../../../src/store/sqlite/migrations.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { letter, message, temporaryFolder } from '../helpers.js';
import { startWriter } from '../processes.js';
import { openSqlite } from '../../../../src/store/sqlite/driver/index.js';

describe('store: SQLite file', () => {
  let folder: string;
  let file: string;
  let remove: () => void;
  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
    file = path.join(folder, 'deeper', 'store.db');
  });
  afterEach(() => remove());

  const open = (more: { durability?: 'process' | 'power'; lockWait?: number } = {}) =>
    openSqliteStore({ kind: 'sqlite', file, ...more });

  it('belongs to one writer: the second one is told so, in this process and in another', async () => {
    const store = await open();
    await assert.rejects(open({ lockWait: 0 }), (error: GridwireError) => {
      assert.equal(error.code, 'STORE_LOCKED');
      assert.match(error.message, /in use by another process/);
      return true;
    });
    await store.close();
    const other = startWriter({ kind: 'sqlite', file });
    await other.opened;
    await assert.rejects(open({ lockWait: 0 }), { code: 'STORE_LOCKED' });
    await other.kill();
    const again = await open({ lockWait: 0 });
    await again.close();
  });

  it('is read by nobody else: the file, its journal, its lock, its copies and its folder', async () => {
    const others = (path: string): number => statSync(path).mode & 0o077;
    const copy = path.join(folder, 'copy.db');
    let store = await open();
    await store.mirror.append([{ message: message('a') }]);
    await store.backup(copy);
    for (const suffix of ['', '-wal', '-shm', '.lock']) assert.equal(others(file + suffix), 0, suffix);
    assert.equal(others(copy), 0);
    assert.equal(others(path.dirname(file)), 0);
    await store.close();
    chmodSync(file, 0o644);
    chmodSync(copy, 0o644);
    store = await open();
    await store.restore(copy);
    assert.equal(others(file), 0, 'what an earlier version left open to all is closed');
    await store.close();
  });

  it('keeps every committed row when its process is killed', async function () {
    this.timeout(30_000);
    for (const durability of ['process', 'power'] as const) {
      const writer = startWriter({ kind: 'sqlite', file, durability });
      await writer.committed(200 + Math.floor(Math.random() * 300));
      const committed = await writer.kill();
      const store = await open({ durability });
      const kept = new Set<string>();
      for (let after = 0; ;) {
        const page = await store.mirror.read({}, after, 1_000);
        for (const record of page) kept.add(record.message.topic);
        const last = page.at(-1);
        if (!last) break;
        after = last.id;
      }
      await store.close();
      assert.deepEqual(
        committed.filter((number) => !kept.has(`n/${number}`)),
        [],
      );
    }
  });

  for (const [what, harm] of [
    [
      'is no database at all',
      (path: string) => writeFileSync(path, 'this is not a database, but long enough to read'),
    ],
    [
      'has a broken page',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0x5a, 4096, 4096 * 4);
        writeFileSync(path, bytes);
      },
    ],
    ['was cut off', (path: string) => truncateSync(path, 4096 * 3)],
  ] as const) {
    it(`sets a file aside that ${what}, says so, and starts a new one`, async () => {
      const store = await open();
      await store.deadLetters.add(Array.from({ length: 200 }, () => letter('a', 'x'.repeat(200))));
      await store.close();
      harm(file);
      const reopened = await open();
      const [problem] = (await once(reopened, 'problem')) as [GridwireError];
      assert.equal(problem.code, 'STORE_DAMAGED');
      assert.ok(existsSync(String(problem.details.movedTo)));
      await reopened.deadLetters.add([letter('b')]);
      assert.equal(await reopened.deadLetters.count({}), 1);
      assert.equal((await reopened.audit.list(Date.now() + 1, 1))[0]?.action, 'quarantine');
      await reopened.close();
    });
  }

  it('gives the space of deleted rows back to the disk', async () => {
    const store = await open();
    const ids = await store.outbox.add(
      'q',
      Array.from({ length: 500 }, () => message('a', 'x'.repeat(4_000))),
    );
    await store.outbox.remove('q', ids);
    const before = await store.size();
    assert.ok(before.reclaimable > 1_000_000);
    while ((await store.reclaim()) > 0);
    const after = await store.size();
    assert.ok(after.bytes < before.bytes / 4, `${after.bytes} of ${before.bytes}`);
    await store.close();
  });

  it('copies itself while it goes on working, and takes a copy back', async () => {
    const store = await open();
    await store.mirror.append([{ message: message('before') }]);
    const copy = path.join(folder, 'copy.db');
    const writing = store.mirror.append([{ message: message('during') }]);
    await store.backup(copy);
    await writing;
    await store.mirror.append([{ message: message('after') }]);
    await store.restore(copy);
    const topics = (await store.mirror.read({}, 0, 10)).map((record) => record.message.topic);
    assert.ok(!topics.includes('after'));
    assert.equal(topics[0], 'before');
    await store.mirror.append([{ message: message('later') }]);
    assert.ok(existsSync(`${file}.before-restore`));
    await store.close();
  });

  it('refuses a copy that is not sound, and keeps what it has', async () => {
    const store = await open();
    await store.mirror.append([{ message: message('kept') }]);
    const bad = path.join(folder, 'bad.db');
    writeFileSync(bad, 'nonsense');
    await assert.rejects(store.restore(bad), { code: 'STORE_DAMAGED' });
    const other = openSqlite(path.join(folder, 'other.db'));
    other.exec('CREATE TABLE t (x)');
    other.close();
    await assert.rejects(store.restore(path.join(folder, 'other.db')), { code: 'STORE_DAMAGED' });
    assert.equal(await store.mirror.count({}), 1);
    await store.close();
  });

  describe('migrations', () => {
    beforeEach(() => {
      file = path.join(folder, 'store.db');
    });

    it('carries data over from every older version, with a copy beside it', () => {
      for (let older = 1; older < MIGRATIONS.length; older += 1) {
        const name = path.join(folder, `from-${older}.db`);
        const database = openSqlite(name);
        migrate(database, name, MIGRATIONS.slice(0, older));
        database
          .prepare(
            `INSERT INTO dlq_events (original_topic, failure_reason, payload, created_at) VALUES ('a', 'b', '{}', 1)`,
          )
          .run();
        migrate(database, name);
        assert.equal(database.pragmaValue('user_version'), MIGRATIONS.at(-1)!.version);
        assert.equal(database.prepare('SELECT * FROM gridwire_dead_letter_events').all().length, 1);
        database.close();
        const copy = openSqlite(`${name}.before-v${MIGRATIONS.at(-1)!.version}`, { readonly: true });
        assert.equal(copy.prepare('SELECT * FROM dlq_events').all().length, 1);
        copy.close();
      }
    });

    it('knows by its digest what an earlier version marked by its id', async () => {
      const database = openSqlite(file);
      migrate(database, file, MIGRATIONS.slice(0, 8));
      // Some were marked anew since digests are used.
      const marked = ['plain', 'é 漢', 'both', digest('both'), digest('later')];
      const mark = database.prepare('INSERT INTO gridwire_deduplication VALUES (?, ?, 1)');
      for (const id of marked) mark.run('s', id);
      database.close();
      const store = await open();
      const asked = ['plain', 'é 漢', 'both', 'later'].map(digest);
      const seen = await store.deduplication.seen('s', [...asked, digest('other')]);
      assert.deepEqual([...seen].sort(), asked.sort());
      await store.close();
    });

    it('leaves the old schema when a step fails in the middle', () => {
      const database = openSqlite(file);
      migrate(database, file, MIGRATIONS.slice(0, 1));
      const broken = {
        version: 2,
        name: 'broken',
        statements: ['CREATE TABLE half (x)', 'CREATE TABLE half (x)'],
      };
      assert.throws(() => migrate(database, file, [MIGRATIONS[0]!, broken]));
      assert.equal(database.pragmaValue('user_version'), 1);
      assert.equal(database.prepare(`SELECT * FROM sqlite_master WHERE name = 'half'`).all().length, 0);
      migrate(database, file);
      database.close();
    });

    it('refuses a file that a newer Gridwire wrote, and leaves it as it is', async () => {
      const database = openSqlite(file);
      migrate(database, file);
      database.pragma('user_version = 99');
      database.close();
      await assert.rejects(open(), { code: 'STORE_CONFLICT' });
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('damaged')),
        [],
      );
    });
  });
});
