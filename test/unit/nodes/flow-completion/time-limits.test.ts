import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { TimeLimits } from '../../../../nodes/flow-completion/time-limits.js';

describe('time limits', () => {
  let over: string[];
  let limits: TimeLimits<string>;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    over = [];
    limits = new TimeLimits(1_600, (thing) => over.push(thing));
  });
  afterEach(() => mock.timers.reset());

  /** As time does it: each timer in its turn. */
  const pass = (milliseconds: number): void => {
    for (let passed = 0; passed < milliseconds; passed += 100) mock.timers.tick(100);
  };

  it('tells what has run out: not before its time, and at most a sixteenth of it later', () => {
    limits.begin('early');
    pass(800);
    limits.begin('late');
    pass(800);
    assert.deepEqual(over, []);
    pass(100);
    assert.deepEqual(over, ['early']);
    pass(700);
    assert.deepEqual(over, ['early']);
    pass(100);
    assert.deepEqual(over, ['early', 'late']);
  });

  it('tells nothing of what has ended before', () => {
    limits.begin('ended').end();
    limits.begin('open');
    pass(3_200);
    assert.deepEqual(over, ['open']);
  });

  it('begins anew after it had nothing to count, and for whoever begins while it is told', () => {
    let again = 2;
    limits = new TimeLimits(1_600, (thing) => {
      over.push(thing);
      if ((again -= 1) > 0) limits.begin(thing);
    });
    limits.begin('patient');
    pass(1_700);
    assert.deepEqual(over, ['patient']);
    pass(1_700);
    assert.deepEqual(over, ['patient', 'patient']);
    pass(10_000);
    limits.begin('later');
    pass(1_700);
    assert.deepEqual(over, ['patient', 'patient', 'later']);
  });
});
