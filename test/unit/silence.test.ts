import assert from 'node:assert/strict';
import type { Cancel, Clock } from '../../src/clock.js';
import { Silence } from '../../src/silence.js';
import { ManualClock } from '../support/manual-clock.js';

/** A clock in a process that gets its turn only when the test says so. */
class HeldClock implements Clock {
  passed = 0;
  private due: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.passed;
  }

  wall(): number {
    return this.passed;
  }

  after(milliseconds: number, callback: () => void): Cancel {
    const timer = { at: this.passed + milliseconds, callback };
    this.due.push(timer);
    return () => (this.due = this.due.filter((each) => each !== timer));
  }

  /** What is late comes once, as late as it is. */
  turn(): void {
    const ready = this.due.filter(({ at }) => at <= this.passed);
    this.due = this.due.filter(({ at }) => at > this.passed);
    for (const { callback } of ready) callback();
  }
}

describe('the silence of a broker', () => {
  it('lasts from its beginning to its end', async () => {
    const clock = new ManualClock();
    const silence = new Silence(clock);
    assert.equal(silence.lasts, undefined);
    silence.begin();
    await clock.pass(7_200);
    assert.equal(silence.lasts, 7_200);
    silence.end();
    await clock.pass(7_200);
    assert.equal(silence.lasts, undefined);
    silence.begin();
    await clock.pass(100);
    assert.equal(silence.lasts, 100);
  });

  it('is not what this process could not hear: while it is held up, answers lie unread', () => {
    const clock = new HeldClock();
    const silence = new Silence(clock);
    silence.begin();
    clock.passed = 60_000;
    assert.equal(silence.lasts, 1_000, 'who looks may come before who reads');
    clock.turn();
    assert.equal(silence.lasts, 1_000);
    clock.passed += 400;
    assert.equal(silence.lasts, 1_400);
  });
});
