import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { GridwireError } from '../../../src/errors.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { RetentionKeeper } from '../../../src/store/connection/retention-keeper.js';
import { reclaimAll } from '../../../src/store/sql/retention.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { letter, message, temporaryFolder } from './helpers.js';

describe('store: retention', () => {
  let store: EventStore;
  let file: string;
  let remove: () => void;
  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    file = path.join(temporary.folder, 'store.db');
    store = await openSqliteStore({ kind: 'sqlite', file });
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  const fill = (count: number): Promise<void> =>
    store.mirror.append(
      Array.from({ length: count }, (_, index) => ({
        message: message(`t/${index}`, 'x'.repeat(1_000)),
        recordedAt: 1_000 + index,
      })),
    );

  it('deletes what is older than its age, but nothing that still waits', async () => {
    await fill(5_000);
    const [recovered] = await store.deadLetters.add([letter('a'), letter('b')]);
    await store.deadLetters.beginAttempts([{ id: recovered!, message: message('sent') }]);
    await store.deadLetters.markRecovered([recovered!], 1);
    await store.audit.add({ at: 10, actor: 'ana', action: 'replay', details: {} });
    await store.outbox.add('q', [message('c')]);
    const rules = { mirrorAge: 1_000, deadLetterAge: 1_000, auditAge: 1_000 };
    const report = await store.applyRetention(rules, 5_000);
    assert.equal(report.mirror, 3_000);
    assert.equal(report.deadLetters, 1);
    assert.equal(report.audit, 1);
    assert.equal((await store.mirror.read({}, 0, 1))[0]?.recordedAt, 4_000);
    assert.equal(await store.deadLetters.count({}), 1);
    assert.equal((await store.outbox.usage('q')).count, 1);
  });

  it('gives up the oldest events when the budget is spent, and the disk its space', async () => {
    await fill(8_000);
    const before = await store.size();
    const budget = Math.round(before.bytes / 2);
    const report = await store.applyRetention({ bytes: budget });
    const after = await store.size();
    assert.ok(report.mirror > 0);
    assert.ok(after.bytes <= budget, `${after.bytes} of ${budget}`);
    const [oldest] = await store.mirror.read({}, 0, 1);
    assert.equal(oldest?.recordedAt, 1_000 + report.mirror);
    assert.equal((await store.applyRetention({ bytes: budget })).mirror, 0);
  });

  it('ends in a file that had tables before it was a store, and gives its space back too', async () => {
    const own = path.join(path.dirname(file), 'own.db');
    const other = new BetterSqlite(own);
    other.exec('CREATE TABLE mine (x); INSERT INTO mine VALUES (1)');
    other.close();
    const second = await openSqliteStore({ kind: 'sqlite', file: own });
    await second.mirror.append(
      Array.from({ length: 4_000 }, (_, index) => ({
        message: message(`t/${index}`, 'x'.repeat(1_000)),
        recordedAt: 1,
      })),
    );
    assert.equal((await second.applyRetention({ mirrorAge: 1 }, 10_000)).mirror, 4_000);
    assert.ok((await second.size()).reclaimable < 100_000);
    await second.close();
  });

  it('does not go on for ever where nothing more can be given back', async () => {
    let asked = 0;
    await reclaimAll({ reclaim: () => Promise.resolve((asked += 1) < 3 ? 10 - asked : 8) });
    assert.equal(asked, 3);
  });

  it('warns once before the budget is spent', async () => {
    await fill(2_000);
    const { bytes } = await store.size();
    const problems: GridwireError[] = [];
    const keeper = new RetentionKeeper(store, { bytes: Math.round(bytes / 0.85) }, (error) =>
      problems.push(error),
    );
    await keeper.run();
    await keeper.run();
    await keeper.stop();
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['STORE_NEARLY_FULL'],
    );
    assert.match(problems[0]!.message, /8\d % of its disk budget/);
  });

  describe('erasure', () => {
    it('deletes every row that names the subject, nothing else, and leaves a receipt without the name', async () => {
      await store.mirror.append([
        { message: message('sites/1/devices/SN-77/telemetry', {}) },
        { message: message('a', { device: { serial: 'SN-77' } }) },
        { message: message('b', {}, { key: 'SN-77' }) },
        { message: message('c', {}, { headers: { device: 'SN-77' } }) },
        { message: message('d', { note: 'SN-770 and XSN-77 are others' }) },
      ]);
      await store.deadLetters.add([
        letter('a', new Uint8Array([0xff, ...Buffer.from('SN-77')])),
        letter('b', 'SN-7'),
      ]);
      const [kept] = await store.outbox.add('q', [message('x', 'SN-78'), message('y', 'from SN-77')]);
      await store.parked.park('q', [
        { key: 'k', message: message('z', 'SN-77'), attempts: 0, nextAttemptAt: 0, reason: '' },
      ]);
      await store.lastValues.put([{ scope: 'device', key: 'SN-77', value: 1, time: 1 }]);
      await store.deduplication.mark('s', ['SN-77:1', 'SN-78:1'], 1);

      const receipt = await store.erase('SN-77', 'ana', { right: 'erase' });
      assert.deepEqual(receipt.deleted, {
        mirror: 4,
        deadLetters: 1,
        outbox: 1,
        parked: 1,
        lastValues: 1,
        deduplication: 1,
      });
      assert.equal((await store.mirror.read({}, 0, 9))[0]?.message.topic, 'd');
      assert.equal(await store.deadLetters.count({}), 1);
      assert.deepEqual(
        (await store.outbox.peek('q', 0, 9)).map(({ id }) => id),
        [kept],
      );
      assert.equal((await store.outbox.usage('q')).count, 1);
      const [entry] = await store.audit.list(Date.now() + 1, 1);
      assert.equal(entry?.action, 'erase');
      assert.equal(entry.actor, 'ana');
      assert.deepEqual([entry.details.right, entry.details.outcome], ['erase', '9 rows erased']);
      assert.doesNotMatch(JSON.stringify(entry), /SN-77/);
    });

    it('finds it in keys, headers and records that are bytes, wherever it stands in them', async () => {
      const around = (before: number, name = 'SN-77'): Buffer =>
        Buffer.concat([Buffer.alloc(before, 0xff), Buffer.from(name), Buffer.from([0xfe])]);
      const inKey = [0, 1, 2, 3].map((before) => ({ message: message('k', {}, { key: around(before) }) }));
      const inHeader = [0, 1, 2].map((before) => ({
        message: message('h', {}, { headers: { device: ['x', around(before)] } }),
      }));
      const others = ['SN-770', 'SN-78', 'XSN-77'].map((name) => ({
        message: message('other', {}, { key: around(1, name) }),
      }));
      await store.mirror.append([...inKey, ...inHeader, ...others]);
      const record = { payload: around(1).toString('base64'), payload_encoding: 'base64' };
      await store.deadLetters.add([{ ...letter('r', 'x'), record }, letter('s', 'x')]);
      const { deleted } = await store.erase('SN-77', 'ana');
      assert.deepEqual([deleted.mirror, deleted.deadLetters], [7, 1]);
      const left = await store.mirror.read({}, 0, 20);
      assert.deepEqual(
        left.map(({ message: { topic } }) => topic),
        ['other', 'other', 'other'],
      );
    });

    it('leaves nothing of it in the file', async () => {
      await store.mirror.append(
        Array.from({ length: 50 }, (_, index) => ({
          message: message('t', { user: index % 2 === 0 ? 'jürgen-müller-4711' : 'other', index }),
        })),
      );
      const receipt = await store.erase('jürgen-müller-4711', 'ana');
      assert.equal(receipt.deleted.mirror, 25);
      await store.close();
      assert.equal(readFileSync(file).includes('müller-4711'), false);
    });

    it('refuses a subject that would name everything', async () => {
      await assert.rejects(store.erase(' a', 'ana'), { code: 'SETTING_INVALID' });
    });
  });
});
