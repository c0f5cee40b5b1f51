import assert from 'node:assert/strict';
import { remembered } from '../../src/once.js';

/** More than are kept. */
const MANY = 10_000;

describe('what is remembered of texts', () => {
  it('is made once for each, also after many others that do not fit in', () => {
    const made: string[] = [];
    const lengthOf = remembered((text) => {
      made.push(text);
      return text.length;
    });
    assert.equal(lengthOf('first'), 5);
    for (let index = 0; index < MANY; index += 1)
      assert.equal(lengthOf(`other ${index}`), `other ${index}`.length);
    made.length = 0;
    assert.equal(lengthOf('first'), 5);
    assert.deepEqual(made, [], 'the first is still known');
    lengthOf(`other ${MANY - 1}`);
    assert.deepEqual(made, [`other ${MANY - 1}`], 'the last was not kept');
  });

  it('gives way when others come for good', () => {
    let count = 0;
    const counted = remembered(() => (count += 1));
    for (let index = 0; index < MANY; index += 1) counted(`old ${index}`);
    for (let round = 0; round < 100; round += 1)
      for (let index = 0; index < 2_000; index += 1) counted(`new ${index}`);
    const before = count;
    for (let index = 0; index < 2_000; index += 1) counted(`new ${index}`);
    assert.equal(count, before, 'the new ones are known by then');
  });
});
