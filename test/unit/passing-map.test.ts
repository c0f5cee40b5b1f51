import assert from 'node:assert/strict';
import { PassingMap } from '../../src/passing-map.js';

describe('a map of what passes through', () => {
  it('is what a map is, whatever comes and goes', () => {
    const [ours, theirs] = [new PassingMap<number, number>(), new Map<number, number>()];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let step = 0; step < 20_000; step += 1) {
      const key = next(40);
      const act = next(20);
      if (act < 9) {
        ours.set(key, step);
        theirs.set(key, step);
      } else if (act < 17) assert.equal(ours.delete(key), theirs.delete(key));
      else if (act < 19) {
        ours.renew(key, step);
        theirs.delete(key);
        theirs.set(key, step);
      } else if (next(50) === 0) {
        ours.clear();
        theirs.clear();
      }
      assert.equal(ours.size, theirs.size);
      assert.equal(ours.has(key), theirs.has(key));
      assert.equal(ours.get(key), theirs.get(key));
      assert.equal(ours.oldest, theirs.keys().next().value);
      if (step % 100 === 0) {
        assert.deepEqual([...ours], [...theirs]);
        assert.deepEqual([...ours.values()], [...theirs.values()]);
      }
    }
  });

  it('lets the oldest give way, those that were renewed last', () => {
    const map = new PassingMap<string, number>();
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, index);
    map.renew('a', 10);
    map.set('b', 11);
    map.keepTo(2);
    assert.deepEqual(
      [...map],
      [
        ['d', 3],
        ['a', 10],
      ],
    );
    map.keepTo(0);
    assert.equal(map.size, 0);
    assert.equal(map.oldest, undefined);
  });

  it('may lose the one that is being looked at', () => {
    const map = new PassingMap<string, string>();
    for (const key of ['a', 'b', 'c']) map.set(key, key);
    const seen: string[] = [];
    for (const [key] of map) {
      seen.push(key);
      map.delete(key);
    }
    assert.deepEqual(seen, ['a', 'b', 'c']);
    assert.equal(map.size, 0);
  });
});
