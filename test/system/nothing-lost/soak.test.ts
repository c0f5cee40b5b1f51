import assert from 'node:assert/strict';
import { soak } from './soak.js';

/** Half an hour is scripts/nightly/soak.ts. */
const DURATION = 30_000;
/** In so short a time a heap still settles; only what grows with every event shows. */
const MOST_GROWTH = 0.25;

describe('a soak with random faults', function () {
  this.timeout(240_000);

  it('loses nothing, and holds no more at its end', async function () {
    const load = { version: 5, qos: 1, rate: 1_000, outboxCount: 10_000, store: true } as const;
    const result = await soak(this, load, DURATION);
    const told = JSON.stringify(result);
    assert.equal(result.books.missing, 0, told);
    assert.ok(result.heap.growth < result.heap.mean * MOST_GROWTH, told);
    assert.equal(result.connections, 2, told);
    assert.deepEqual(result.newListeners, [], told);
  });
});
