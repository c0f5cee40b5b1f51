import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GridwireError } from '../../../src/errors.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { message, temporaryFolder } from '../../unit/store/helpers.js';

const MIB = 1024 * 1024;

describe('store: a full disk', () => {
  let folder: string;
  let remove: () => void;

  before(function () {
    ({ folder, remove } = temporaryFolder());
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]);
    if (mounted.status !== 0) {
      remove();
      console.log('      skipped: a small disk can only be made by root (mount -t tmpfs)');
      this.skip();
    }
  });
  after(() => {
    if (spawnSync('umount', [folder]).status === 0) remove();
  });

  it('loses nothing that was reported kept, says so, and goes on when there is space', async () => {
    const filler = path.join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(4 * MIB));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') });
    const body = 'x'.repeat(20_000);
    const kept: string[] = [];
    let failure: GridwireError | undefined;
    for (let number = 0; failure === undefined; number += 1) {
      const topic = `n/${number}`;
      await store.mirror.append([{ message: message(topic, body) }]).then(
        () => kept.push(topic),
        (error: unknown) => (failure = error as GridwireError),
      );
    }
    assert.equal(failure.code, 'STORE_FULL');
    assert.equal(failure.fault, 'transient');
    assert.equal(store.status().state, 'unavailable');
    assert.equal(store.status().pendingBytes, 0);

    rmSync(filler);
    await store.mirror.append([{ message: message('after', body) }]);
    assert.equal(store.status().state, 'open');
    const found = await store.mirror.read({}, 0, 10_000);
    assert.deepEqual(
      found.map((record) => record.message.topic),
      [...kept, 'after'],
    );
    assert.deepEqual(await store.verify(), []);
    await store.close();
  });
});
