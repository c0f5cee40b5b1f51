import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReconnectDelay } from '../../../src/brokers/reconnect-delay.js';

describe('reconnect delay', () => {
  it('doubles up to the maximum while the trouble lasts', () => {
    const delay = new ReconnectDelay({ minimum: 100, maximum: 1_000 }, () => 1);
    assert.deepEqual(
      [0, 0, 0, 0, 0].map((held) => delay.next(held)),
      [200, 400, 800, 1_000, 1_000],
    );
  });

  it('starts anew only after a connection that held', () => {
    const delay = new ReconnectDelay({ minimum: 100, maximum: 10_000 }, () => 1);
    assert.deepEqual(
      [0, 4_999, 5_000, 0].map((held) => delay.next(held)),
      [200, 400, 200, 400],
    );
  });

  it('spreads over the whole span and never leaves its bounds', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100), (random, attempts) => {
        const delay = new ReconnectDelay({ minimum: 50, maximum: 60_000 }, () => random);
        for (let attempt = 0; attempt < attempts; attempt += 1) {
          const next = delay.next(0);
          assert.ok(next >= 50 && next <= 60_000);
        }
      }),
    );
    const low = new ReconnectDelay({ minimum: 50, maximum: 60_000 }, () => 0);
    assert.deepEqual([low.next(0), low.next(0)], [50, 50]);
  });
});
