import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { betterSqlite } from '../../../../src/store/sqlite/driver/better-sqlite.js';
import type { OpenSqlite } from '../../../../src/store/sqlite/driver/driver.js';
import { nodeSqlite } from '../../../../src/store/sqlite/driver/node-sqlite.js';

const drivers: [name: string, open: OpenSqlite | undefined][] = [
  ['node:sqlite', nodeSqlite()],
  ['better-sqlite3', betterSqlite()],
];

/** What the store relies on, whichever library brings SQLite. */
for (const [name, found] of drivers) {
  describe(`SQLite by ${name}`, () => {
    const open: OpenSqlite = (file, options) => {
      assert.ok(found, `${name} is not here`);
      return found(file, options);
    };
    let folder: string;
    let file: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-driver-'));
      file = path.join(folder, 'a.db');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('keeps texts, bytes, numbers and nothing as they are', () => {
      const database = open(file, {});
      database.exec(
        'CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB, real REAL, whole INTEGER)',
      );
      const values = ['ü\u{1F50B}', Uint8Array.of(0, 1, 255), 0.1, 2 ** 53 - 1] as const;
      const insert = database.prepare('INSERT INTO t (text, bytes, real, whole) VALUES (?, ?, ?, ?)');
      assert.equal(insert.reads, false);
      assert.deepEqual(insert.run(...values), { changes: 1, lastInsertRowid: 1 });
      insert.run(null, new Uint8Array(0), null, -1);
      const rows = database.prepare('SELECT * FROM t ORDER BY id').all();
      assert.deepEqual(
        rows.map((row) => ({ ...row, bytes: [...(row['bytes'] as Uint8Array)] })),
        [
          { id: 1, text: values[0], bytes: [0, 1, 255], real: 0.1, whole: 2 ** 53 - 1 },
          { id: 2, text: null, bytes: [], real: null, whole: -1 },
        ],
      );
      database.close();
      database.close();
    });

    it('tells statements that give rows from those that do not', () => {
      const database = open(file, {});
      database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
      const reads: [string, boolean][] = [
        ['SELECT 1', true],
        ['  WITH a AS (SELECT 1) SELECT * FROM a', true],
        ['INSERT INTO t VALUES (1) RETURNING id', true],
        ['WITH a AS (SELECT 5 AS id) INSERT INTO t SELECT id FROM a', false],
        ['WITH a AS (SELECT 6 AS id) INSERT INTO t SELECT id FROM a RETURNING id', true],
        ['DELETE FROM t', false],
      ];
      for (const [sql, expected] of reads) assert.equal(database.prepare(sql).reads, expected, sql);
      database.close();
    });

    it('takes a whole transaction back when it fails', () => {
      const database = open(file, {});
      database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      assert.throws(
        () =>
          database.transaction(() => {
            insert.run(1);
            insert.run(1);
          }),
        { code: /^SQLITE_CONSTRAINT/ },
      );
      assert.equal(
        database.transaction(() => insert.run(2).changes),
        1,
      );
      assert.deepEqual(
        database
          .prepare('SELECT id FROM t')
          .all()
          .map(({ id }) => id),
        [2],
      );
      assert.equal(database.pragmaValue('user_version'), 0);
      database.close();
    });

    it('names its errors: busy, no database, cannot open, read only', () => {
      const one = open(file, {});
      one.exec('CREATE TABLE t (id)');
      one.exec('BEGIN EXCLUSIVE');
      const other = open(file, { timeout: 0 });
      assert.throws(() => other.exec('BEGIN EXCLUSIVE'), { code: 'SQLITE_BUSY' });
      other.close();
      one.close();
      const again = open(file, { timeout: 0 });
      again.exec('BEGIN EXCLUSIVE');
      again.close();
      const reader = open(file, { readonly: true });
      assert.throws(() => reader.exec('INSERT INTO t VALUES (1)'), { code: 'SQLITE_READONLY' });
      reader.close();
      writeFileSync(path.join(folder, 'bad.db'), 'nonsense, and more than one page of it'.repeat(200));
      assert.throws(() => open(path.join(folder, 'bad.db'), {}).exec('SELECT * FROM t'), {
        code: 'SQLITE_NOTADB',
      });
      assert.throws(() => open(path.join(folder, 'no', 'folder.db'), {}));
      assert.throws(() => open(path.join(folder, 'missing.db'), { readonly: true }), {
        code: 'SQLITE_CANTOPEN',
      });
    });

    it('calls a function of ours, and copies into a file', () => {
      const database = open(file, {});
      database.define('same', (first, second) => (first === second ? 1 : 0));
      assert.deepEqual(
        { ...database.prepare("SELECT same('a', 'a') AS yes, same('a', 'b') AS no").all()[0] },
        {
          yes: 1,
          no: 0,
        },
      );
      database.prepare('VACUUM INTO ?').run(path.join(folder, 'copy.db'));
      database.close();
      open(path.join(folder, 'copy.db'), { readonly: true }).close();
    });
  });
}
