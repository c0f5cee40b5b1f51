import assert from 'node:assert/strict';
import { Fifo } from '../../src/fifo.js';

describe('first in, first out', () => {
  it('is what an array is, whatever comes and goes', () => {
    const fifo = new Fifo<number>();
    let array: number[] = [];
    let seed = 11;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let step = 0; step < 30_000; step += 1) {
      // Now and then more come than go, so that the places are not enough, and later far too many.
      const grows = Math.floor(step / 3_000) % 2 === 0;
      const act = next(100);
      const above = (limit: number) => (other: number) => other % 100 > limit;
      if (act < (grows ? 70 : 30)) {
        fifo.push(step);
        array.push(step);
      } else if (act < 90) assert.equal(fifo.shift(), array.shift());
      else if (act === 90) {
        const back = fifo.first(3);
        assert.deepEqual(back, array.slice(0, 3));
        fifo.putBack(back);
        array = [...back, ...array];
      } else if (act === 91) {
        const test = above(95);
        fifo.insertBefore(step, test);
        const index = array.findIndex(test);
        array.splice(index === -1 ? array.length : index, 0, step);
      } else if (act === 92) {
        const test = above(30);
        fifo.insertFromEnd(step, test);
        array.splice(array.findLastIndex(test) + 1, 0, step);
      } else if (act === 93) {
        const test = above(97);
        fifo.removeWhere(test);
        array = array.filter((item) => !test(item));
      } else if (act === 94) {
        fifo.drop(2);
        array.splice(0, 2);
      } else if (act === 95 && next(60) === 0) {
        assert.deepEqual(fifo.takeAll(), array);
        array = [];
      }
      assert.equal(fifo.length, array.length);
      assert.equal(fifo.peek(), array[0]);
      if (step % 100 === 0) {
        assert.deepEqual(fifo.first(array.length + 1), array);
        assert.equal(fifo.some(above(90)), array.some(above(90)));
      }
    }
  });
});
