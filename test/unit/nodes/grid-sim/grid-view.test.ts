import assert from 'node:assert/strict';
import { framesKept } from '../../../../nodes/grid-sim/grid-view.js';

describe('the history of a simulation for the sidebar', () => {
  it('has 288 steps of an ordinary network, and fewer of a large one', () => {
    assert.deepEqual([0, 150, 868, 9_241, 200_000].map(framesKept), [288, 288, 288, 27, 2]);
  });
});
