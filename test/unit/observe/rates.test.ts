import assert from 'node:assert/strict';
import { facts } from '../../../src/observe/facts/facts.js';
import { Rates } from '../../../src/observe/rates.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('rates of brokers', () => {
  const place = { node: 'n', broker: 'b', brokerId: 'id' };
  const passes = (received: number, sent: number): void => {
    for (let count = 0; count < received; count += 1) facts.received.tell({ place });
    for (let count = 0; count < sent; count += 1) facts.sent.tell({ place, seconds: 0, age: 0 });
  };

  it('are what passed lately in each direction, by the second, and known after one', async () => {
    const clock = new ManualClock();
    const rates = new Rates(clock);
    assert.deepEqual(rates.of('id'), { in: undefined, out: undefined });
    for (let second = 0; second < 20; second += 1) {
      passes(second < 10 ? 500 : 7, 3);
      await clock.pass(1_000);
    }
    assert.deepEqual(rates.of('id'), { in: 7, out: 3 });
    assert.deepEqual(rates.of('other'), { in: 0, out: 0 });
    rates.close();
  });

  it('cost nothing while nobody looks', async () => {
    const clock = new ManualClock();
    const rates = new Rates(clock);
    rates.of('id');
    assert.equal(facts.received.isHeard, true);
    await clock.pass(20_000);
    rates.of('id');
    await clock.pass(29_000);
    assert.equal(facts.received.isHeard, true);
    await clock.pass(1_001);
    assert.equal(facts.received.isHeard, false);
    passes(100, 100);
    assert.deepEqual(rates.of('id'), { in: undefined, out: undefined });
    await clock.pass(1_000);
    assert.deepEqual(rates.of('id'), { in: 0, out: 0 });
    rates.close();
  });
});
