import assert from 'node:assert/strict';
import { rowsToDraw } from '../../../../nodes/editor/browser/drawable.js';

describe('the rows of a list that a panel draws', () => {
  it('are as many as it can draw, and all others are kept in their order', () => {
    const rows = Array.from({ length: 1000 }, (_each, index) => ({ name: `n${index}` }));
    const { drawn, others } = rowsToDraw(rows, 100);
    assert.equal(drawn.length, 100);
    assert.deepEqual([...drawn, ...others], rows);
  });

  it('are rows of texts, numbers and switches; what a field cannot hold is kept as it is', () => {
    const odd = [null, 'text', 5, ['a'], { name: { deep: true } }, { name: ['a'] }];
    const rows = [{ name: 'a', value: 1, on: true, none: null }, ...odd, {}];
    const { drawn, others } = rowsToDraw(rows, 100);
    assert.deepEqual(drawn, [rows[0], {}]);
    assert.deepEqual(others, odd);
  });
});
