import assert from 'node:assert/strict';
import { storedId } from '../../../src/store/stored-id.js';

describe('store: ids', () => {
  it('are told apart, whatever they hold, and fit into every store', () => {
    const ids = [
      '',
      'a',
      '\0',
      '\0\0',
      '\ud800',
      '\udfff',
      '\ufffd',
      '\u00e9',
      'e\u0301',
      'x'.repeat(1_000_000),
    ];
    const stored = ids.map(storedId);
    assert.equal(new Set(stored).size, ids.length);
    for (const id of stored) assert.match(id, /^[\w-]{43}$/);
    assert.equal(storedId('a'), storedId('a'));
  });
});
