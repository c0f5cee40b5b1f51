import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../../src/cli/commands.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { message, temporaryFolder } from '../store/helpers.js';
import { startWriter } from '../store/processes.js';

describe('cli: backup, restore, verify', () => {
  let folder: string;
  let store: string;
  let copy: string;
  let remove: () => void;
  const said: string[] = [];
  const gridwire = (...words: string[]): number => run(words, (text) => said.push(text));

  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
    store = path.join(folder, 'store.db');
    copy = path.join(folder, 'copy.db');
    said.length = 0;
  });
  afterEach(() => remove());

  it('copies a store while another process writes to it, and puts the copy back when that one is gone', async () => {
    const writer = startWriter({ kind: 'sqlite', file: store });
    await writer.committed(50);
    assert.equal(gridwire('backup', store, copy), 0);
    assert.equal(gridwire('verify', copy), 0);
    assert.throws(() => gridwire('restore', copy, store), { code: 'STORE_LOCKED' });
    const committed = await writer.kill();
    assert.equal(gridwire('restore', copy, store), 0);
    const restored = await openSqliteStore({ kind: 'sqlite', file: store });
    const count = await restored.mirror.count({});
    assert.ok(count >= 50 && count <= committed.length + 8);
    await restored.close();
    assert.equal(gridwire('verify', `${store}.before-restore`), 0);
  });

  it('finds damage, and neither overwrites a file nor restores what is not sound', async () => {
    const opened = await openSqliteStore({ kind: 'sqlite', file: store });
    await opened.mirror.append([{ message: message('a') }]);
    await opened.close();
    writeFileSync(copy, 'this is no store');
    assert.equal(gridwire('verify', copy), 1);
    assert.match(said[0]!, /not a database/);
    assert.throws(() => gridwire('backup', store, copy), { code: 'STORE_CONFLICT' });
    assert.throws(() => gridwire('restore', copy, store), { code: 'STORE_DAMAGED' });
    assert.throws(() => gridwire('backup', path.join(folder, 'none.db'), copy), {
      code: 'STORE_UNAVAILABLE',
    });
    assert.equal(existsSync(path.join(folder, 'none.db')), false);
    assert.equal(gridwire('verify', store), 0);
  });

  it('does not guess what was meant', () => {
    for (const words of [
      [],
      ['backup'],
      ['backup', store],
      ['erase', store, copy],
      ['verify', store, copy],
    ]) {
      assert.equal(gridwire(...words), 2);
    }
  });
});
