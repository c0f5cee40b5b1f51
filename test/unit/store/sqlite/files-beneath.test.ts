import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { GridwireError } from '../../../../src/errors.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { until } from '../../../support/wait.js';
import { letter, message, temporaryFolder } from '../helpers.js';
import { startWriter } from '../processes.js';

describe('store: SQLite files that are touched while the store is open', () => {
  let folder: string;
  let file: string;
  let remove: () => void;
  let store: EventStore;
  beforeEach(async () => {
    ({ folder, remove } = temporaryFolder());
    file = path.join(folder, 'in', 'store.db');
    store = await openSqliteStore({ kind: 'sqlite', file });
    await fill(store, 'before');
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  const fill = async (into: EventStore, name: string): Promise<void> => {
    await into.outbox.add('q', [message(name)]);
    await into.deadLetters.add([letter(name)]);
  };
  /** What whoever opens the file next finds in it. */
  const found = (): string[] => {
    const copy = new BetterSqlite(file, { readonly: true });
    try {
      return (copy.prepare('SELECT topic FROM gridwire_outbox ORDER BY id').all() as { topic: string }[]).map(
        ({ topic }) => topic,
      );
    } finally {
      copy.close();
    }
  };
  const told = async (): Promise<GridwireError> => {
    const [problem] = (await once(store, 'problem')) as [GridwireError];
    assert.equal(problem.code, 'STORE_REPLACED');
    return problem;
  };

  it('are written anew when they are deleted, without anything being asked', async () => {
    const problem = told();
    rmSync(file);
    rmSync(`${file}-wal`);
    assert.match((await problem).message, /was deleted .* written anew, with all that it held/);
    assert.deepEqual(found(), ['before']);
    await fill(store, 'after');
    assert.deepEqual(found(), ['before', 'after']);
  });

  it('are not taken for touched by others when the store itself gives space back, as an erasure does', async () => {
    const problems: string[] = [];
    store.on('problem', (problem) => problems.push(problem.message));
    const wide = (topic: string) => ({ ...message(topic), body: Buffer.alloc(20_000, 'x') });
    await store.outbox.add(
      'q',
      Array.from({ length: 200 }, (_, n) => wide(n % 2 === 0 ? 'devices/SN-77' : 'devices/SN-78')),
    );
    const { deleted } = await store.erase('SN-77', 'somebody');
    assert.equal(deleted['outbox'], 100);
    const before = await store.size();
    assert.equal(before.reclaimable, 0, 'the space of what was erased is given back');
    assert.deepEqual(problems, []);
    await fill(store, 'after');
    assert.equal(found().length, 102);
  });

  it('are written anew with the folder, before the next event is taken', async () => {
    rmSync(path.dirname(file), { recursive: true });
    await fill(store, 'after');
    assert.deepEqual(found(), ['before', 'after']);
    await assert.rejects(openSqliteStore({ kind: 'sqlite', file, lockWait: 0 }), { code: 'STORE_LOCKED' });
  });

  it('give way when they were put over the store, and are kept aside', async () => {
    const copy = path.join(folder, 'copy.db');
    await store.backup(copy);
    await fill(store, 'after the copy');
    const problem = told();
    renameSync(copy, file);
    const { movedTo } = (await problem).details as { movedTo: string };
    assert.deepEqual(found(), ['before', 'after the copy']);
    const aside = new BetterSqlite(movedTo, { readonly: true });
    assert.equal(
      (aside.prepare('SELECT count(*) AS count FROM gridwire_outbox').get() as { count: number }).count,
      1,
    );
    aside.close();
    assert.deepEqual(await store.verify(), []);
  });

  it('are put together again when a copy is written into them', async () => {
    const copy = path.join(folder, 'copy.db');
    await store.backup(copy);
    await fill(store, 'after the copy');
    const problem = told();
    copyFileSync(copy, file);
    assert.match((await problem).message, /was overwritten/);
    assert.deepEqual(found(), ['before', 'after the copy']);
    await fill(store, 'last');
    assert.deepEqual(found(), ['before', 'after the copy', 'last']);
    assert.deepEqual(await store.verify(), []);
  });

  it('say what it means when they cannot be put together again', async () => {
    const copy = path.join(folder, 'copy.db');
    await store.backup(copy);
    // Far more than the journal holds: it has gone into the file, which is overwritten.
    const body = 'x'.repeat(20_000);
    const many = Array.from({ length: 4 }, () => message('many', body));
    let lost: number[] = [];
    for (let index = 0; index < 500; index += 1) lost = await store.outbox.add('q', many);
    const problem = told();
    copyFileSync(copy, file);
    assert.match((await problem).message, /may come again, and events that were kept may be missing/);
    assert.deepEqual(found(), ['before']);
    assert.equal((await store.outbox.usage('q')).count, 1);
    await fill(store, 'after');
    assert.deepEqual(found(), ['before', 'after']);
    assert.deepEqual(await store.verify(), []);
    // An outbox takes the rows out by the ids that it was given for them.
    await store.outbox.remove(
      'q',
      Array.from({ length: lost.at(-1) as number }, (_, index) => index + 1),
    );
    assert.deepEqual(found(), ['after'], 'no id is given out twice');
  });

  it('get what their journal held when that is deleted', async () => {
    const problem = told();
    rmSync(`${file}-wal`);
    assert.match((await problem).message, /lost its journal/);
    await fill(store, 'after');
    await store.close();
    assert.deepEqual(found(), ['before', 'after']);
  });

  it('that cannot be put back make the store unavailable: nothing is taken that would be lost', async () => {
    rmSync(path.dirname(file), { recursive: true });
    // A file where the folder was: it cannot be made again.
    copyFileSync(process.execPath, path.dirname(file));
    await assert.rejects(store.outbox.add('q', [message('refused')]), { code: 'STORE_UNAVAILABLE' });
    assert.equal(store.status().state, 'unavailable');
    rmSync(path.dirname(file));
    mkdirSync(path.dirname(file));
    const isTaken = (): Promise<boolean> =>
      store.outbox.add('q', [message('after')]).then(
        () => true,
        (error: unknown) => {
          assert.equal((error as GridwireError).code, 'STORE_UNAVAILABLE');
          return false;
        },
      );
    await until('the store takes events again', isTaken);
    assert.deepEqual(found(), ['before', 'after']);
  });

  it('lose nothing to a kill after they were deleted', async function () {
    this.timeout(30_000);
    const killed = path.join(folder, 'killed', 'store.db');
    const writer = startWriter({ kind: 'sqlite', file: killed });
    await writer.committed(200);
    rmSync(killed);
    while (!existsSync(killed)) await writer.committed(1);
    await writer.committed(400);
    const committed = await writer.kill();
    const again = await openSqliteStore({ kind: 'sqlite', file: killed });
    assert.ok((await again.mirror.count({})) >= committed.length);
    await again.close();
    assert.deepEqual(
      readdirSync(path.dirname(killed)).filter((name) => name.includes('partial')),
      [],
    );
  });
});
