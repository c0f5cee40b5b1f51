import assert from 'node:assert/strict';
import { subjectTest } from '../../../../src/store/sql/erase.js';
import { onEachStore } from '../../../support/stores.js';
import { message } from '../helpers.js';

/** Of one character nearly everything has a whole word; of a very long one no engine makes a pattern. */
const REFUSED = ['', ' ', '5', ' \n', 'x'.repeat(100_000)];

describe('a subject that is too short or too long', () => {
  for (const subject of REFUSED)
    it(`is refused before anything in memory is looked at: ${JSON.stringify(subject.slice(0, 5))}`, () => {
      assert.throws(() => subjectTest(subject), { code: 'SETTING_INVALID' });
    });

  it('is none of two characters, which are found as a whole word', () => {
    const names = subjectTest('S1');
    assert.deepEqual(
      ['a/S1/b', 'a/S12/b'].map((topic) => names(message(topic))),
      [true, false],
    );
  });
});

onEachStore('store: a subject that is too short or too long', (stores) => {
  it('is refused, and nothing is erased', async () => {
    const store = await stores.open();
    await store.mirror.append([{ message: message('a/5/x', '{"kind":"x"}') }]);
    for (const subject of REFUSED)
      await assert.rejects(store.erase(subject, 'ana'), { code: 'SETTING_INVALID' });
    assert.deepEqual(await store.audit.list(Number.MAX_SAFE_INTEGER, 10), []);
  });
});
