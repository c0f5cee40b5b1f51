import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { StepOrder } from '../../../../nodes/grid-device/step-order.js';

/** What becomes of each step; those that are followed are taken. */
function places(steps: number[]): string[] {
  const order = new StepOrder();
  return steps.map((step) => {
    try {
      const place = order.placeOf(step);
      if (place === 'next' || place === 'first again') order.taken(step);
      return place;
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
}

describe('order of a simulation’s steps', () => {
  it('a step from the far future is refused, and silences nobody', () => {
    for (const wrong of [9e15, 1e6, Number.MAX_VALUE, Infinity])
      assert.deepEqual(places([1, 2, wrong, wrong, 3, 4]), [
        ...['next', 'next', 'TIME_INVALID', 'TIME_INVALID', 'next', 'next'],
      ]);
    assert.deepEqual(places([9e15, 1, 2]), ['TIME_INVALID', 'next', 'next']);
  });

  it('what numbers no step is refused, and silences nobody', () => {
    for (const wrong of [1.5, -1, NaN, -Infinity])
      assert.deepEqual(places([1, wrong, 2]), ['next', 'TIME_INVALID', 'next']);
  });

  it('a simulation that has come far is followed from its second step on', () => {
    assert.deepEqual(places([5000, 5001, 5002]), ['TIME_INVALID', 'next', 'next']);
  });

  it('the same step is no second one, an older one is over, and the first one begins anew', () => {
    assert.deepEqual(places([1, 2, 2, 1, 2, 900, 3]), [
      ...['next', 'next', 'same', 'first again', 'next', 'next', 'over'],
    ]);
  });

  it('no single wrong step keeps the ones after it from being followed', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e5, noNaN: true }), fc.nat(20), (wrong, at) => {
        const steps = Array.from({ length: 20 }, (_, index) => index + 1);
        steps.splice(at, 0, wrong);
        const found = places(steps);
        found.splice(at, 1);
        assert.deepEqual(new Set(found), new Set(['next']));
      }),
    );
  });
});
