import assert from 'node:assert/strict';
import { sideBySide } from '../../../../scripts/testing/side-by-side.js';
import { portsOf } from '../../../../scripts/services/service.js';

describe('runs side by side', () => {
  it('are as many at a time as there are lanes, and keep their order in the results', async () => {
    const ends: (() => void)[] = [];
    const lanes: number[] = [];
    const all = sideBySide(['a', 'b', 'c'], 2, async (item, lane) => {
      lanes.push(lane);
      await new Promise<void>((resolve) => ends.push(resolve));
      return item.toUpperCase();
    });
    assert.deepEqual(lanes, [0, 1]);
    // The second ends first, and its lane takes the third.
    ends[1]!();
    while (ends.length < 3) await Promise.resolve();
    assert.deepEqual(lanes, [0, 1, 1]);
    ends[2]!();
    ends[0]!();
    assert.deepEqual(await all, ['A', 'B', 'C']);
  });

  it('go one after another in a single lane', async () => {
    let running = 0;
    const most = await sideBySide([1, 2, 3], 1, async () => {
      running += 1;
      const now = running;
      await Promise.resolve();
      running -= 1;
      return now;
    });
    assert.deepEqual(most, [1, 1, 1]);
  });

  it('have ports of their own', () => {
    assert.deepEqual([portsOf(0, 2), portsOf(1, 2)], ['20000-26000', '26000-32000']);
  });
});
