import path from 'node:path';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { temporaryFolder } from '../helpers.js';
import { storeSuite } from '../store-suite.js';

describe('store: SQLite', () => {
  const removals: (() => void)[] = [];
  afterEach(() => {
    for (const remove of removals.splice(0)) remove();
  });

  storeSuite(() => {
    const { folder, remove } = temporaryFolder();
    removals.push(remove);
    return openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') });
  });
});
