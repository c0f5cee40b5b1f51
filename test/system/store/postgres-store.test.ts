import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { digest } from '../../../src/delivery/inbound/names.js';
import type { GridwireError } from '../../../src/errors.js';
import { migratePostgres } from '../../../src/store/postgres/migrate.js';
import { backupName } from '../../../src/store/postgres/migration-backup.js';
import { POSTGRES_MIGRATIONS } from '../../../src/store/postgres/migrations.js';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.js';
import { letter, message, text } from '../../unit/store/helpers.js';
import { needsPostgres, Proxy, TestDatabase } from '../../support/postgres.js';

describe('store: PostgreSQL', () => {
  let database: TestDatabase;
  before(function () {
    needsPostgres(this);
  });
  beforeEach(async () => {
    database = await TestDatabase.create();
  });
  afterEach(async () => {
    await database.drop();
  });

  it("lays out TaylorDash's tables and indexes under their names", async () => {
    const store = await openPostgresStore(database.settings);
    const traceId = '550e8400-e29b-41d4-a716-446655440000';
    await store.mirror.append([
      { message: message('tracker/events/projects/created', { trace_id: traceId, kind: 'project_created' }) },
      { message: message('tracker/events/tests/odd', { trace_id: 'none', kind: 'odd' }) },
    ]);
    await store.close();
    const rows = await database.query(
      'SELECT topic, payload, trace_id, created_at FROM events_mirror ORDER BY id',
    );
    assert.deepEqual(rows[0]!.payload, { trace_id: traceId, kind: 'project_created' });
    assert.equal(rows[0]!.trace_id, traceId);
    assert.deepEqual(rows[1]!.payload, { gridwire_trace_id: 'none', kind: 'odd' });
    assert.equal(rows[1]!.trace_id, null);
    const columns = await database.query(
      `SELECT column_name, data_type, character_maximum_length, generation_expression FROM information_schema.columns
        WHERE table_name = 'events_mirror' ORDER BY ordinal_position`,
    );
    assert.deepEqual(
      columns.map((column) => [column.column_name, column.data_type]),
      [
        ['id', 'bigint'],
        ['topic', 'character varying'],
        ['payload', 'jsonb'],
        ['created_at', 'timestamp with time zone'],
        ['trace_id', 'uuid'],
      ],
    );
    const indexes = await database.query(
      `SELECT indexname FROM pg_indexes WHERE tablename = 'events_mirror'`,
    );
    for (const name of ['topic', 'trace_id', 'created_at', 'kind']) {
      assert.ok(indexes.some((index) => index.indexname === `idx_events_mirror_${name}`));
    }
  });

  it('joins tables that TaylorDash filled, replays its events and repairs its dead letters', async () => {
    await database.query(`CREATE TABLE events_mirror (
      id BIGSERIAL PRIMARY KEY, topic VARCHAR(255) NOT NULL, payload JSONB NOT NULL,
      created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW(),
      trace_id UUID GENERATED ALWAYS AS ((payload->>'trace_id')::UUID) STORED)`);
    await database.query(`CREATE TABLE dlq_events (id BIGSERIAL PRIMARY KEY, original_topic VARCHAR(255) NOT NULL,
      failure_reason TEXT NOT NULL, payload JSONB NOT NULL, created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW())`);
    await database.query(
      `INSERT INTO events_mirror (topic, payload) VALUES ('tracker/events/a/b', '{"kind":"old"}')`,
    );
    await database.query(`INSERT INTO dlq_events (original_topic, failure_reason, payload) VALUES
      ('tracker/events/a/b', 'no', '{"original_topic":"tracker/events/a/b","payload":{"kind":"old"}}')`);
    const store = await openPostgresStore(database.settings);
    const [event] = await store.mirror.read({ kinds: ['old'] }, 0, 1);
    assert.deepEqual(JSON.parse(text(event!.message)), { kind: 'old' });
    const [dead] = await store.deadLetters.list({}, 0, 1);
    assert.deepEqual(JSON.parse(text(dead!.message)), { kind: 'old' });
    await store.deadLetters.beginAttempts([{ id: dead!.id, message: message('sent') }]);
    await store.deadLetters.markRecovered([dead!.id], 5);
    assert.equal((await store.deadLetters.get(dead!.id))?.state, 'recovered');
    assert.equal((await store.deadLetters.get(dead!.id))?.reason, 'no');
    assert.deepEqual(await database.query('SELECT id FROM dlq_events'), [], 'TaylorDash lists it no more');
    await store.close();
  });

  describe('migrations', () => {
    const older = async (upTo: number, fill = ''): Promise<void> => {
      const client = new Client({ ...database.settings, ssl: false });
      await client.connect();
      await migratePostgres(client, POSTGRES_MIGRATIONS.slice(0, upTo));
      if (fill !== '') await client.query(fill);
      await client.end();
    };
    const LETTER = `INSERT INTO dlq_events (original_topic, failure_reason, payload) VALUES ('a', 'no', '{}')`;

    it('carry data over from every older version, with a copy of what was there', async () => {
      await older(1, LETTER);
      for (let version = 2; version <= POSTGRES_MIGRATIONS.length; version += 1) {
        await older(version);
        const copied = await database.query(
          `SELECT original_topic FROM ${backupName(version, 'dlq_events')}`,
        );
        assert.deepEqual(copied, [{ original_topic: 'a' }]);
        const copies = await database.query(
          `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^gridwire_before_'`,
        );
        const prefix = backupName(version, '');
        assert.ok(
          copies.every(({ relname }) => String(relname).startsWith(prefix)),
          'only the newest copies stay',
        );
        assert.ok(!copies.some(({ relname }) => relname === backupName(version, 'mirror')));
      }
      const store = await openPostgresStore(database.settings);
      assert.equal(await store.deadLetters.count({}), 1);
      await store.close();
    });

    it('let marks be known by their digest that an earlier version wrote by their id', async () => {
      // Some were marked anew since digests are used.
      const marked = ['plain', 'é 漢', 'both', digest('both'), digest('later')];
      const rows = marked.map((id) => `('s', '${id}', 1)`).join(', ');
      await older(8, `INSERT INTO gridwire_deduplication VALUES ${rows}`);
      const store = await openPostgresStore(database.settings);
      const asked = ['plain', 'é 漢', 'both', 'later'].map(digest);
      const seen = await store.deduplication.seen('s', [...asked, digest('other')]);
      assert.deepEqual([...seen].sort(), asked.sort());
      await store.close();
    });

    it('run no name of a table that somebody else made, and leave it alone', async () => {
      await older(1, LETTER);
      const names = [
        'gridwire_before_v1_x; DROP TABLE dlq_events; --',
        'gridwire_before_v1_mine',
        'gridwire_before_v1_"q"',
      ];
      for (const name of names) await database.query(`CREATE TABLE "${name.replaceAll('"', '""')}" (x INT)`);
      await older(POSTGRES_MIGRATIONS.length);
      const found = await database.query(`SELECT relname FROM pg_class WHERE relname = ANY($1)`, [names]);
      assert.equal(found.length, names.length);
      assert.equal((await database.query('SELECT 1 FROM dlq_events')).length, 1);
    });

    it('that fail leave everything as it was, without a copy', async () => {
      await older(POSTGRES_MIGRATIONS.length, LETTER);
      const client = new Client({ ...database.settings, ssl: false });
      await client.connect();
      const version = POSTGRES_MIGRATIONS.length + 1;
      const statements = ['DELETE FROM dlq_events', 'ALTER TABLE no_such_table ADD COLUMN x INT'];
      const broken = [...POSTGRES_MIGRATIONS, { version, name: 'broken', statements }];
      await assert.rejects(migratePostgres(client, broken), /no_such_table/);
      assert.equal((await client.query('SELECT 1 FROM dlq_events')).rowCount, 1);
      const { rows } = await client.query('SELECT to_regclass($1) AS found', [
        backupName(version, 'dlq_events'),
      ]);
      assert.deepEqual(rows, [{ found: null }]);
      await client.end();
    });

    it('name the tables of the mirror that they change', async () => {
      const client = new Client({ ...database.settings, ssl: false });
      await client.connect();
      const columns = async (): Promise<string[]> => {
        const { rows } = await client.query<{ column: string }>(
          `SELECT table_name || '.' || column_name || ' ' || data_type AS column FROM information_schema.columns
            WHERE table_name IN ('events_mirror', 'gridwire_mirror') ORDER BY 1`,
        );
        return rows.map(({ column }) => column);
      };
      const contents = async (): Promise<unknown[]> => {
        const { rows } = await client.query<object>(
          'SELECT m.*, g.* FROM events_mirror m JOIN gridwire_mirror g USING (id)',
        );
        return rows;
      };
      await migratePostgres(client, POSTGRES_MIGRATIONS.slice(0, 1));
      await client.query(`INSERT INTO events_mirror (topic, payload) VALUES ('a', '{}')`);
      await client.query(
        `INSERT INTO gridwire_mirror (id, body, recorded_at, message) VALUES (1, '', 1, '{}')`,
      );
      for (const { version, changes = [] } of POSTGRES_MIGRATIONS.slice(1)) {
        const before = [await columns(), await contents()];
        await migratePostgres(client, POSTGRES_MIGRATIONS.slice(0, version));
        if (changes.length === 0)
          assert.deepEqual([await columns(), await contents()], before, `version ${version}`);
      }
      await client.end();
    });
  });

  it('gives up the oldest events when the budget is spent, and no more than that', async () => {
    const store = await openPostgresStore(database.settings);
    const fill = (from: number): Promise<void> =>
      store.mirror.append(
        Array.from({ length: 16_000 }, (_, index) => ({
          message: message(`t/${from + index}`, { filler: 'x'.repeat(500) }),
        })),
      );
    await fill(0);
    const { bytes, reclaimable } = await store.size();
    const budget = Math.round((bytes - reclaimable) / 2);
    await store.applyRetention({ bytes: budget });
    const left = await store.mirror.count({});
    assert.ok(left > 4_800 && left < 8_000, `${left} of 16,000 are left`);
    assert.equal((await store.applyRetention({ bytes: budget })).mirror, 0, 'once is enough');
    const [oldest] = await store.mirror.read({}, 0, 1);
    assert.equal(oldest?.message.topic, `t/${16_000 - left}`);
    await store.close();
  });

  it('belongs to one writer per instance', async () => {
    const store = await openPostgresStore(database.settings);
    await assert.rejects(openPostgresStore(database.settings), { code: 'STORE_LOCKED' });
    const other = await openPostgresStore({ ...database.settings, instance: 'second' });
    await other.close();
    await store.close();
  });

  it('survives the loss of all its connections, without a restart', async () => {
    const store = await openPostgresStore(database.settings);
    await store.mirror.append([{ message: message('before') }]);
    await database.endSessions();
    let failures = 0;
    for (;;) {
      try {
        await store.mirror.append([{ message: message('after') }]);
        break;
      } catch (error) {
        assert.equal((error as GridwireError).code, 'STORE_UNAVAILABLE');
        assert.ok(++failures < 3);
      }
    }
    assert.equal(await store.mirror.count({}), 2);
    assert.equal(store.status().state, 'open');
    await store.close();
  });

  it('says that the database is away, and goes on when it is back', async () => {
    const { proxy, settings } = await Proxy.to(database.settings);
    const store = await openPostgresStore({ ...settings, timeout: 1_000 });
    proxy.cut();
    await assert.rejects(store.mirror.append([{ message: message('lost') }]), { code: 'STORE_UNAVAILABLE' });
    await assert.rejects(store.mirror.append([{ message: message('lost') }]), { code: 'STORE_UNAVAILABLE' });
    assert.equal(store.status().state, 'unavailable');
    assert.equal(store.status().pendingBytes, 0);
    proxy.mend();
    await store.mirror.append([{ message: message('kept') }]);
    assert.equal(store.status().state, 'open');
    const kept = await store.mirror.read({}, 0, 10);
    assert.deepEqual(
      kept.map((record) => record.message.topic),
      ['kept'],
    );
    await store.close();
    await proxy.close();
  });

  it('finds out what became of a commit whose answer was lost', async () => {
    const { proxy, settings } = await Proxy.to(database.settings);
    const store = await openPostgresStore(settings);
    proxy.swallowAnswerTo = 'COMMIT';
    const writing = store.deadLetters.add([letter('once'), letter('twice')]);
    const ids = await writing;
    assert.deepEqual(
      (await store.deadLetters.list({}, 0, 9)).map(({ id }) => id),
      ids,
    );
    await store.close();
    await proxy.close();
  });

  /** Resolves when that many more pieces have gone to the database. */
  const pieces = (proxy: Proxy, count: number): Promise<void> =>
    new Promise((resolve) => {
      proxy.passed = () => {
        count -= 1;
        if (count === 0) resolve();
      };
    });

  it('knows after a cut whether a commit went through: no row lost, none twice', async function () {
    this.timeout(60_000);
    const { proxy, settings } = await Proxy.to(database.settings);
    const store = await openPostgresStore({ ...settings, timeout: 5_000 });
    const committed: string[] = [];
    const refused: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const writes = Array.from({ length: 20 }, async (_, index) => {
        const topic = `${round}/${index}`;
        await store.mirror.append([{ message: message(topic) }]).then(
          () => committed.push(topic),
          () => refused.push(topic),
        );
      });
      // After one of the first statements, which one is left to chance; their answers are on their way then.
      await Promise.race([pieces(proxy, 1 + Math.floor(Math.random() * 4)), Promise.all(writes)]);
      proxy.cut();
      proxy.mend();
      await Promise.all(writes);
    }
    const found = (await store.mirror.read({}, 0, 1_000)).map((record) => record.message.topic);
    assert.deepEqual([...found].sort(), [...committed].sort());
    await store.close();
    await proxy.close();
  });

  it('waits for a connection when all are taken, and goes on when one is free', async () => {
    const role = `${database.name}_role`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'few' CONNECTION LIMIT 0`);
    await database.query(`GRANT ALL ON SCHEMA public TO ${role}`);
    const settings = { ...database.settings, user: role, password: 'few' };
    await assert.rejects(openPostgresStore(settings), (error: GridwireError) => {
      assert.equal(error.code, 'STORE_UNAVAILABLE');
      assert.equal(error.details.sqlstate, '53300');
      return true;
    });
    await database.query(`ALTER ROLE ${role} CONNECTION LIMIT 1`);
    const store = await openPostgresStore(settings);
    await store.mirror.append([{ message: message('kept') }]);
    await assert.rejects(store.mirror.count({}), { code: 'STORE_UNAVAILABLE' });
    await database.query(`ALTER ROLE ${role} CONNECTION LIMIT 5`);
    assert.equal(await store.mirror.count({}), 1);
    await store.close();
    await database.query(`DROP OWNED BY ${role} CASCADE`);
    await database.query(`DROP ROLE ${role}`);
  });

  it('keeps memory bounded while the database is slow', async function () {
    this.timeout(60_000);
    const { proxy, settings } = await Proxy.to(database.settings);
    const store = await openPostgresStore({ ...settings, timeout: 20_000 });
    proxy.delay = 500;
    const body = 'x'.repeat(1_000_000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        store.mirror.append([{ message: message(`n/${index}`, body) }]),
      ),
    );
    const full = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.ok(full.length > 0);
    for (const outcome of full) assert.equal((outcome.reason as GridwireError).code, 'STORE_FULL');
    proxy.delay = 0;
    assert.equal(await store.mirror.count({}), outcomes.length - full.length);
    await store.close();
    await proxy.close();
  });

  it('never shows its password', async () => {
    const secret = 'correct-horse-battery';
    await assert.rejects(
      openPostgresStore({ ...database.settings, port: 1, password: secret }),
      (error: GridwireError) => {
        assert.equal(error.code, 'STORE_UNAVAILABLE');
        assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /correct-horse/);
        return true;
      },
    );
    await assert.rejects(
      openPostgresStore({ ...database.settings, user: secret, password: secret }),
      (error: GridwireError) => {
        assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /correct-horse/);
        return true;
      },
    );
  });

  it('keeps a letter whose text PostgreSQL does not take', async () => {
    const store = await openPostgresStore(database.settings);
    const [id] = await store.deadLetters.add([
      letter('a', new Uint8Array([0, 1, 2]), { reason: 'bad \0 text', record: { 'k\0': 'a\0b \ud800' } }),
      letter('b'.repeat(400)),
    ]);
    assert.deepEqual([...(await store.deadLetters.get(id!))!.message.body], [0, 1, 2]);
    await store.close();
  });
});
