import assert from 'node:assert/strict';
import { DiskWatch } from '../../../../src/observe/conditions/disk-watch.js';
import { ManualClock } from '../../../support/manual-clock.js';

type Disks = Record<string, { device: number; used: number }>;

describe('the disks that are watched', () => {
  const clock = new ManualClock();
  const stores = [
    { folder: '/home/gridwire', name: 'near' },
    { folder: '/archive', name: 'archive' },
    { folder: '/gone', name: 'gone' },
  ];

  it('are the one of the user folder and those of stores that lie on others, each once', async () => {
    const disks: Disks = {
      '/home': { device: 1, used: 0.5 },
      '/home/gridwire': { device: 1, used: 0.5 },
      '/archive': { device: 2, used: 0.9 },
    };
    const watch = new DiskWatch(clock, '/home', (folder) => Promise.resolve(disks[folder]));
    assert.deepEqual(await watch.look(stores), [{ used: 0.5 }, { name: 'archive', used: 0.9 }]);
    disks['/archive'] = { device: 2, used: 0.1 };
    await clock.pass(5_000);
    assert.deepEqual((await watch.look(stores))[1], { name: 'archive', used: 0.1 });
  });

  it('are as they were last while one of them does not answer, and hold nobody up', async () => {
    let answer: (said: undefined) => void = () => undefined;
    let asked = 0;
    let isSilent = false;
    const watch = new DiskWatch(clock, '/home', () => {
      asked += 1;
      if (!isSilent) return Promise.resolve({ device: 1, used: 0.4 });
      return new Promise((resolve) => (answer = resolve));
    });
    assert.deepEqual(await watch.look([]), [{ used: 0.4 }]);
    isSilent = true;
    for (let count = 0; count < 5; count += 1) {
      await clock.pass(5_000);
      const looking = watch.look([]);
      await clock.pass(1_000);
      assert.deepEqual(await looking, [{ used: 0.4 }]);
    }
    // One question at a time: each that is not answered occupies a thread.
    assert.equal(asked, 2);
    answer(undefined);
  });
});
