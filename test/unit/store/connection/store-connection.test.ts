import assert from 'node:assert/strict';
import path from 'node:path';
import { systemClock } from '../../../../src/clock.js';
import { GridwireError } from '../../../../src/errors.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { StoreConnection } from '../../../../src/store/connection/store-connection.js';
import { temporaryFolder } from '../helpers.js';

describe('store: connection', () => {
  it('opens the store once, when it is needed, and closes it', async () => {
    const { folder, remove } = temporaryFolder();
    let opened = 0;
    const connection = new StoreConnection(() => {
      opened += 1;
      return openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') });
    });
    assert.equal(opened, 0);
    const [one, two] = await Promise.all([connection.access(), connection.access()]);
    assert.equal(one, two);
    assert.equal(opened, 1);
    assert.equal(connection.status?.state, 'open');
    await connection.close();
    await assert.rejects(connection.access(), { code: 'STORE_UNAVAILABLE' });
    remove();
  });

  it('says why it cannot be opened, without trying again at every event', async () => {
    let attempts = 0;
    const connection = new StoreConnection(() => {
      attempts += 1;
      return Promise.reject(new GridwireError('STORE_LOCKED', 'in use'));
    });
    await assert.rejects(connection.access(), { code: 'STORE_LOCKED' });
    await assert.rejects(connection.access(), { code: 'STORE_LOCKED' });
    assert.equal(attempts, 1);
    assert.equal(connection.error?.code, 'STORE_LOCKED');
    await connection.close();
  });

  it('says for how long it has been opening, until it is open or cannot be opened', async () => {
    let time = 0;
    const clock = { now: () => time, wall: () => systemClock.wall(), after: () => () => undefined };
    let fail: (error: Error) => void = () => undefined;
    const connection = new StoreConnection(
      () => new Promise((_resolve, reject) => (fail = reject)),
      {},
      clock,
    );
    assert.equal(connection.openingFor, undefined);
    for (const expected of [4_000, undefined]) {
      const opened = connection.access();
      time += 4_000;
      assert.equal(connection.openingFor, expected, 'what has failed once is away until it is open');
      fail(new GridwireError('STORE_UNAVAILABLE', 'no'));
      await assert.rejects(opened, { code: 'STORE_UNAVAILABLE' });
      assert.equal(connection.openingFor, undefined);
      time += 3_000;
    }
    await connection.close();
  });

  it('tells once that the store is away, and how often it failed when it is back', async () => {
    const { folder, remove } = temporaryFolder();
    let time = 0;
    let away = true;
    const clock = { now: () => time, wall: () => systemClock.wall(), after: () => () => undefined };
    const connection = new StoreConnection(
      () =>
        away
          ? Promise.reject(new GridwireError('STORE_LOCKED', 'in use'))
          : openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') }),
      {},
      clock,
    );
    const told: string[] = [];
    connection.on('state', (state, error, failures) => told.push([state, error?.code, failures].join(' ')));
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await assert.rejects(connection.access(), { code: 'STORE_LOCKED' });
      time += 3_000;
    }
    away = false;
    await connection.access();
    assert.deepEqual(told, ['unavailable STORE_LOCKED ', 'open  50']);
    await connection.close();
    remove();
  });
});
